namespace MvStore.Reliability.Soak;

/// <summary>Which commits of each writer can be seen: all odd ones up to one, all even ones up to another, as each writer commits one after the other. Immutable.</summary>
internal sealed class SoakView
{
    private readonly ulong[] _last; // odd and even of each writer

    private SoakView(ulong[] last) => _last = last;

    /// <summary>How many commits can be seen if of no writer one is missing.</summary>
    public ulong Sum => Enumerable.Range(0, SoakPlan.Writers).Select(LastOf).Aggregate(0UL, (sum, last) => sum + last);

    /// <summary>Reads the counters.</summary>
    public static async Task<SoakView> OfAsync(ISnapshot snapshot)
    {
        var last = new ulong[2 * SoakPlan.Writers];
        foreach (var row in await snapshot.GetManyAsync(Keys))
        {
            var (writer, commit) = SoakPlan.CommitAt(row.Version);
            last[Place(writer, commit)] = commit;
        }

        return new SoakView(last);
    }

    /// <summary>The last commit of a writer; 0 for none.</summary>
    public ulong LastOf(int writer) => Math.Max(_last[2 * writer], _last[(2 * writer) + 1]);

    /// <summary>Whether a commit can be seen.</summary>
    public bool Sees(int writer, ulong commit) => commit <= _last[Place(writer, commit)];

    /// <summary>Whether all commits up to the last one can be seen.</summary>
    public bool IsWholeOf(int writer) => LastOf(writer) is var last && (last < 2 || Sees(writer, last - 1));

    /// <summary>Whether another view sees the same commits.</summary>
    public bool IsSameAs(SoakView other) => _last.AsSpan().SequenceEqual(other._last);

    public override string ToString() => string.Join(' ', Enumerable.Range(0, SoakPlan.Writers).Select(LastOf));

    private static ReadOnlyMemory<byte>[] Keys
        => [.. from owner in SoakLane.Counters.Owners from number in Enumerable.Range(0, 2) select (ReadOnlyMemory<byte>)new SoakKey(SoakLane.Counters, owner, number).ToBytes()];

    private static int Place(int writer, ulong commit) => (2 * writer) + (int)((commit - 1) % 2);
}
