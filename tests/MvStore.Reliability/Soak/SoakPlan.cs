using System.Buffers.Binary;

namespace MvStore.Reliability.Soak;

/// <summary>
/// What several writers commit, for hours, without anybody remembering it: the n-th commit of a writer follows from the seed, the writer and n, and so does, the
/// other way round, which commits wrote a key. Every second commit of a writer is late, and so is whoever falls behind the other writers. Immutable, safe from any thread.
/// </summary>
internal sealed class SoakPlan(int seed)
{
    /// <summary>How many write at once.</summary>
    public const int Writers = 4;

    /// <summary>How many commits a writer may be ahead of another: after so many each waits for all.</summary>
    public const ulong Round = 32;

    /// <summary>The distance in versions between a commit of a writer and its next but one, halved.</summary>
    public const ulong Distance = Step * Writers;

    private const ulong Step = 10;
    private const uint Multiplier = 0x9E37_79B1; // odd, so it has an inverse
    private const int RareValue = 60;

    private static readonly uint Inverse = InverseOf(Multiplier);

    /// <summary>The version of a commit. Of a pair the second is below the first.</summary>
    public static ulong VersionOf(int writer, ulong commit) => ((((commit - 1) ^ 1) * Writers) + (ulong)writer + 1) * Step;

    /// <summary>Whose commit a version is, and which.</summary>
    public static (int Writer, ulong Commit) CommitAt(CommitVersion version)
    {
        var (slot, writer) = Math.DivRem((version.Value / Step) - 1, Writers);
        return ((int)writer, (slot ^ 1) + 1);
    }

    /// <summary>What a writer commits.</summary>
    /// <param name="batch">Is emptied and filled.</param>
    /// <param name="writer">The writer, from 0.</param>
    /// <param name="commit">Which commit, from 1.</param>
    public void Fill(WriteBatch batch, int writer, ulong commit)
    {
        batch.Clear();
        foreach (var lane in SoakLane.All)
        {
            if (KindOf(lane, writer, commit) is { } kind)
            {
                Add(batch, kind, KeyOf(lane, writer, commit), kind == DeltaKind.Set ? Value(lane, writer, commit) : []);
            }
        }
    }

    /// <summary>How a commit is made: most are buffered.</summary>
    public Durability DurabilityOf(int writer, ulong commit, bool hasLog)
        => (Hash(SoakLane.Counters, writer, commit) % 64) switch
        {
            0 => Durability.Durable,
            < 8 when hasLog => Durability.Logged,
            _ => Durability.Buffered,
        };

    /// <summary>Whether a row is what a commit of the plan wrote.</summary>
    public bool IsGenuine(SoakKey key, VersionedRow row)
    {
        var (writer, commit) = CommitAt(row.Version);
        return VersionOf(writer, commit) == row.Version.Value
            && (key.Lane.IsShared || writer == key.Owner)
            && KeyOf(key.Lane, writer, commit) == key
            && KindOf(key.Lane, writer, commit) is { } kind
            && kind == (row.IsTombstone ? DeltaKind.Remove : DeltaKind.Set)
            && (row.IsTombstone || row.Value.Span.SequenceEqual(Value(key.Lane, writer, commit)));
    }

    /// <summary>The entries and drops of a key that can be seen, the newest first.</summary>
    public IEnumerable<SoakEntry> Entries(SoakKey key, SoakView view)
        => key.Lane.IsShared
            ? Merged([.. Enumerable.Range(0, Writers).Select(writer => OfWriter(key, writer, view))])
            : OfWriter(key, key.Owner, view);

    /// <summary>What a get of a key answers: null for nothing.</summary>
    public SoakEntry? Newest(SoakKey key, SoakView view, CommitVersion at)
    {
        foreach (var entry in Entries(key, view))
        {
            if (entry.Version <= at.Value && entry.Kind != DeltaKind.Drop)
            {
                return entry.Kind == DeltaKind.Set ? entry : null;
            }
        }

        return null;
    }

    public override string ToString() => $"seed {seed}";

    private static IEnumerable<SoakEntry> Merged(IEnumerable<SoakEntry>[] chains)
    {
        var all = chains.Select(chain => chain.GetEnumerator()).Where(chain => chain.MoveNext()).ToList();
        while (all.Count > 0)
        {
            var next = all.MaxBy(chain => chain.Current.Version)!;
            yield return next.Current;
            if (!next.MoveNext())
            {
                all.Remove(next);
            }
        }
    }

    private IEnumerable<SoakEntry> OfWriter(SoakKey key, int writer, SoakView view)
    {
        var keys = (ulong)key.Lane.Keys;
        var last = view.LastOf(writer);
        if (last == 0)
        {
            yield break;
        }

        for (var turn = (long)((last - 1) / keys); turn >= 0; turn--)
        {
            var commit = ((ulong)turn * keys) + PlaceOf(key.Lane, writer, (ulong)turn, (uint)key.Number) + 1;
            if (view.Sees(writer, commit) && KindOf(key.Lane, writer, commit) is { } kind)
            {
                yield return new SoakEntry(writer, commit, VersionOf(writer, commit), kind);
            }
        }
    }

    private static void Add(WriteBatch batch, DeltaKind kind, SoakKey key, ReadOnlySpan<byte> value)
    {
        var bytes = key.ToBytes();
        _ = kind switch
        {
            DeltaKind.Set => batch.Set(bytes, value),
            DeltaKind.Remove => batch.Remove(bytes),
            _ => batch.Drop(bytes),
        };
    }

    // Null: the commit leaves this lane alone.
    private DeltaKind? KindOf(SoakLane lane, int writer, ulong commit)
    {
        if (lane.IsCounter)
        {
            return DeltaKind.Set;
        }

        var choice = (Hash(lane, writer, commit) >> 40) % 16;
        return choice switch
        {
            0 => DeltaKind.Remove,
            1 => lane.HasDrops ? DeltaKind.Drop : DeltaKind.Remove,
            < 8 => DeltaKind.Set,
            _ => null,
        };
    }

    // Each turn of as many commits as there are keys takes every key once, in another order.
    private SoakKey KeyOf(SoakLane lane, int writer, ulong commit)
    {
        var (turn, place) = Math.DivRem(commit - 1, (ulong)lane.Keys);
        var number = lane.IsCounter ? (uint)place : ((uint)place - Shift(lane, writer, turn)) * Inverse;
        return new SoakKey(lane, lane.IsShared ? 0 : writer, (int)(number & (uint)(lane.Keys - 1)));
    }

    private uint PlaceOf(SoakLane lane, int writer, ulong turn, uint number)
        => (lane.IsCounter ? number : (number * Multiplier) + Shift(lane, writer, turn)) & (uint)(lane.Keys - 1);

    private uint Shift(SoakLane lane, int writer, ulong turn) => (uint)(Hash(lane, writer, ~turn) >> 13);

    private byte[] Value(SoakLane lane, int writer, ulong commit)
    {
        var state = Hash(lane, writer, commit);
        var isLarge = lane.LargeValue > 0 && state % RareValue == 1;
        var value = new byte[isLarge ? lane.LargeValue : (int)((state >> 8) % (ulong)(lane.LongestValue + 1))];
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (var at = 0; at < value.Length; at += sizeof(ulong))
        {
            state = Mix(state + 0x9E37_79B9_7F4A_7C15);
            BinaryPrimitives.WriteUInt64LittleEndian(word, state);
            word[..Math.Min(sizeof(ulong), value.Length - at)].CopyTo(value.AsSpan(at));
        }

        return value;
    }

    private ulong Hash(SoakLane lane, int writer, ulong number)
        => Mix(number + Mix(((ulong)(uint)seed << 32) + ((ulong)lane.Letter << 8) + (ulong)writer));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private static uint InverseOf(uint odd)
    {
        var inverse = odd;
        for (var i = 0; i < 5; i++)
        {
            inverse *= 2 - (odd * inverse);
        }

        return inverse;
    }
}
