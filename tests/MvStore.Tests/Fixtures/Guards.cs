namespace MvStore.Tests.Fixtures;

/// <summary>Ends a test that would hang otherwise. No test depends on how long anything takes.</summary>
public static class Guards
{
    /// <summary>The longest a test waits for anything: far longer than anything takes on a machine with ten times the work it can do.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Waits, but not for ever.</summary>
    public static Task Guarded(this Task task) => task.WaitAsync(Limit);

    /// <summary>Waits, but not for ever.</summary>
    public static Task<T> Guarded<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Waits, but not for ever.</summary>
    public static Task Guarded(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Waits, but not for ever.</summary>
    public static Task<T> Guarded<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Demands that a call has its answer when it returns, having waited for nothing.</summary>
    public static void RequireAtOnce<T>(ValueTask<T> call)
        => call.IsCompletedSuccessfully.Should().BeTrue("everything it needs is in memory");
}
