namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>Ends a test that would hang otherwise. No test depends on how long anything takes.</summary>
internal static class Guards
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static Task Guarded(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Guarded<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Guarded(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    public static Task<T> Guarded<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);
}
