using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Contract;
using MvStore.Tests.Unmanaged;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>Commits that run out of memory half way: contract A2, and I1 of DESIGN.md.</summary>
[Collection(UnmanagedMemory.Name)]
public sealed class VersionBufferLimitTests
{
    private const int Keys = 24;

    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly Dictionary<int, ulong> _published = [];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void A2_I1_ACommitThatRunsOutOfMemoryLeavesNothingThatAViewCanSee(int seed, bool hasMemoryAgain)
    {
        var memory = new CountedMemory();
        var heap = new NativeHeap(isChecked: true, memory);
        using var buffer = new VersionBuffer(new KindByFirstByte(), isWhole: true, heap);
        var random = new Random(seed);
        var failures = 0;
        for (ulong sequence = 1; sequence <= 1_000 && failures < 40; sequence++)
        {
            var keys = Enumerable.Range(0, 4).Select(_ => random.Next(Keys)).Distinct().ToArray();
            var commit = _preparer.Prepare(BatchOf(keys, sequence), sequence);
            commit.Stamp(sequence);
            memory.Limit = memory.Taken + random.Next(1 << 21);
            try
            {
                buffer.Link(commit, fresh: true);
                Array.ForEach(keys, key => _published[key] = sequence);
            }
            catch (OutOfMemoryException)
            {
                failures++;
                memory.Limit = hasMemoryAgain ? long.MaxValue : memory.Limit;
                buffer.Unlink(commit);
                memory.Limit = long.MaxValue;
                RequirePublished(buffer, sequence);
                buffer.Link(OneMore(++sequence), fresh: true);
                RequirePublished(buffer, sequence);
            }

            commit.Release();
        }

        failures.Should().BeGreaterThan(10);
        memory.Limit = long.MaxValue;
        RequirePublished(buffer, ulong.MaxValue - 1);
    }

    private static byte[] KeyOf(int key) => [(byte)key, .. new byte[key * 40]];

    // Some live in their record, some do not, and a few ask the system for memory of their own.
    private static byte[] ValueOf(int key, ulong version)
    {
        var value = new byte[(version + (ulong)key) % 7 == 0 ? 600_000 : 100 + (key * 30)];
        Array.Fill(value, (byte)version);
        return value;
    }

    private static WriteBatch BatchOf(IEnumerable<int> keys, ulong version)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            batch.Set(KeyOf(key), ValueOf(key, version));
        }

        return batch;
    }

    private InFlightCommit OneMore(ulong sequence)
    {
        var key = (int)(sequence % Keys);
        var commit = _preparer.Prepare(BatchOf([key], sequence), sequence);
        commit.Stamp(sequence);
        _published[key] = sequence;
        return commit;
    }

    private void RequirePublished(VersionBuffer buffer, ulong sequence)
    {
        using var epoch = buffer.Enter();
        for (var key = 0; key < Keys; key++)
        {
            var row = buffer.Find(KeyOf(key), KeyHash.Of(KeyOf(key)), new TierView(CommitVersion.Max, sequence));
            row.HasEntry.Should().Be(_published.ContainsKey(key));
            if (row.HasEntry)
            {
                row.Version.Value.Should().Be(_published[key]);
                row.Value.SequenceEqual(ValueOf(key, _published[key])).Should().BeTrue();
            }
        }
    }
}
