using System.Buffers.Binary;
using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Tests.Contract;
using MvStore.Tests.Unmanaged;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>Commits that bring the same new keys at the same time: what each hands over to be flushed is its own (contract D3, A5).</summary>
[Collection(UnmanagedMemory.Name)]
public sealed class SharedFirstCommitTests
{
    private const int Committers = 3;
    private const int Keys = 64;
    private const int Rounds = 400;

    [Theory]
    [InlineData(20)]
    [InlineData(400)]
    public void A5_D3_CommittersWhoMeetAtNewKeysHandOverTheirOwnRows(int valueLength)
    {
        using var buffer = new VersionBuffer(new KindByFirstByte(), isWhole: true, new NativeHeap(isChecked: false));
        using var together = new Barrier(Committers);
        var wrong = new int[Committers];
        var threads = Enumerable.Range(0, Committers).Select(committer => new Thread(() =>
        {
            var preparer = new CommitPreparer(classifier: null, keepsRows: true, keepsDeltas: false);
            for (var round = 0; round < Rounds; round++)
            {
                var sequence = ((ulong)round * Committers) + (ulong)committer + 1;
                var commit = preparer.Prepare(BatchOf(round, sequence, valueLength), sequence);
                commit.Stamp(sequence);
                together.SignalAndWait();
                buffer.Link(commit, fresh: true);
                wrong[committer] += WrongRows(commit);
                commit.Release();
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        wrong.Should().AllBeEquivalentTo(0);
        BufferInvariants.Check(buffer);
    }

    private static int WrongRows(InFlightCommit commit)
    {
        var wrong = 0;
        for (var i = 0; i < commit.EntryCount; i++)
        {
            var row = commit.Rows![i];
            wrong += row.Version == commit.Version && row.Sequence == commit.Sequence && row.Key.SequenceEqual(commit[i].Key)
                && row.Value.SequenceEqual(commit[i].Value) ? 0 : 1;
        }

        return wrong;
    }

    private static WriteBatch BatchOf(int round, ulong version, int valueLength)
    {
        var batch = new WriteBatch();
        Span<byte> key = stackalloc byte[sizeof(int)];
        for (var i = 0; i < Keys; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(key, (round * Keys) + i);
            var value = new byte[valueLength];
            Array.Fill(value, (byte)version);
            batch.Set(key, value);
        }

        return batch;
    }
}
