using MvStore.Contracts;

namespace MvStore.Tests.Contracts;

/// <summary>A write whose attempts, and whose answers to whether it has arrived, are said beforehand; it notes what is done to it.</summary>
internal sealed class ScriptedWrite(params string[] steps) : ITierWrite
{
    private readonly Queue<string> _steps = new(steps);

    /// <summary>What happened, in order.</summary>
    public List<string> Seen { get; } = [];

    public void Begin(int attempt) => Seen.Add($"{attempt}");

    public ValueTask RunAsync(CancellationToken cancellationToken)
    {
        Take("run");
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> HasArrivedAsync(CancellationToken cancellationToken) => new(Take("ask") == "yes");

    public void Succeed(int attempt) => Seen.Add($"done {attempt}");

    public void Fail(int attempt, Exception failure, bool isRepeated)
        => Seen.Add($"{(failure as PersistentTierException)?.Failure.ToString() ?? failure.GetType().Name}{(isRepeated ? string.Empty : "!")}");

    private string Take(string call)
    {
        var step = _steps.Dequeue();
        step.Should().StartWith(call);
        Seen.Add(step);
        var outcome = step[(call.Length + 1)..];
        return Enum.TryParse<TierFailure>(outcome, out var failure) ? throw new PersistentTierException(failure, "Scripted.")
            : outcome == "broken" ? throw new InvalidOperationException("Scripted.")
            : outcome;
    }
}
