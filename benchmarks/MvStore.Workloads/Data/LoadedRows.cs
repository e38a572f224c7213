namespace MvStore.Workloads.Data;

/// <summary>
/// What a load of rounds over the same keys leaves behind: in each round every key is written once, in commits of a hundred, at
/// ascending versions. Knows which version of a key a snapshot sees, so that reads can be checked without a second store.
/// </summary>
public sealed class LoadedRows(long count, int rounds)
{
    public const int RowsPerCommit = 100;

    public long Count { get; } = count;

    public int Rounds { get; } = rounds;

    public ulong VersionsPerRound { get; } = (ulong)((count + RowsPerCommit - 1) / RowsPerCommit);

    public ulong FirstRoundEnd => VersionsPerRound;

    public ulong LastVersion => VersionsPerRound * (ulong)Rounds;

    /// <summary>A snapshot in the middle of the history.</summary>
    public ulong MiddleVersion => (VersionsPerRound * (ulong)((Rounds + 1) / 2)) - (Rounds == 1 ? 0 : VersionsPerRound / 2);

    /// <summary>The version of a key that a snapshot at or after the end of the first round sees.</summary>
    public ulong VersionSeen(long index, ulong at)
    {
        var inRound = ((ulong)index / RowsPerCommit) + 1;
        var rounds = Math.Min((at - inRound) / VersionsPerRound, (ulong)Rounds - 1);
        return inRound + (rounds * VersionsPerRound);
    }

    public RowSums SumsAt(ulong at)
    {
        var sums = default(RowSums);
        for (var index = 0L; index < Count; index++)
        {
            sums = sums.With(new ValueDigest(KeySpace.IdOf(index), VersionSeen(index, at), 0));
        }

        return sums;
    }
}
