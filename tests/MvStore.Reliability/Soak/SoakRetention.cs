namespace MvStore.Reliability.Soak;

/// <summary>Changes its mind each time it is asked how much history the one operator keeps.</summary>
internal sealed class SoakRetention : IOperatorRetentionProvider
{
    /// <summary>The least: several rounds, above which the latest commit comes.</summary>
    private const ulong Least = 4 * SoakPlan.Round * SoakPlan.Distance;

    private static readonly Dictionary<ulong, Retention>[] Choices =
        [new() { [7] = new Retention(Least) }, new() { [7] = new Retention(2 * Least, perKey: 3) }, []];

    private uint _asked; // interlocked

    public IReadOnlyDictionary<ulong, Retention> Current => Choices[Interlocked.Increment(ref _asked) % (uint)Choices.Length];
}
