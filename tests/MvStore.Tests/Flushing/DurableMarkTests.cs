using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>Who waits for a flush, and the flusher that has just done it (contract D7).</summary>
public sealed class DurableMarkTests
{
    private static readonly TierState Nothing = new(0, CommitVersion.Zero, FloorSet.None);

    [Fact]
    public void D3_ALateSliceMovesTheSequenceAndNotTheHighestVersion()
    {
        var signal = new FlushSignal();
        using var queue = new FlushQueue(new FlushOptions(), signal, TimeProvider.System);
        var mark = new DurableMark(Nothing, queue, signal, new FailureLatch());
        Flush(queue, mark, sequence: 1, version: 9);
        Flush(queue, mark, sequence: 2, version: 4);
        (mark.Sequence, mark.HighestVersion.Value, mark.Version.Value).Should().Be((2UL, 9UL, 9UL));
    }

    /// <summary>A wait that begins in the very moment in which the mark moves over what it waits for: nobody would come back for it.</summary>
    [Fact]
    public async Task D7_AWaitThatBeginsAsTheMarkMovesIsNotForgotten()
    {
        const int Rounds = 30_000;
        var signal = new FlushSignal();
        using var queue = new FlushQueue(new FlushOptions(), signal, TimeProvider.System);
        var mark = new DurableMark(Nothing, queue, signal, new FailureLatch());
        var begun = 0;
        var flushed = 0;
        var flushing = Task.Run(() =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                SpinUntil(ref begun, round);
                Flush(queue, mark, (ulong)round, (ulong)round);
                Volatile.Write(ref flushed, round);
            }
        });
        for (var round = 1; round <= Rounds; round++)
        {
            Volatile.Write(ref begun, round);

            // Each round a little later, so that it meets every moment of the flush.
            for (var i = round % 512; i > 0; i--)
            {
                Thread.SpinWait(1);
            }

            var waiting = mark.WaitAsync((ulong)round, (ulong)round, default).AsTask();
            (await waiting.Guarded()).Sequence.Should().Be((ulong)round);
            SpinUntil(ref flushed, round);
        }

        await flushing.Guarded();
    }

    private static void SpinUntil(ref int reached, int round)
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref reached) < round)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private static void Flush(FlushQueue queue, DurableMark mark, ulong sequence, ulong version)
    {
        var commit = new PreparedCommit(version, [], 1, 0) { Bytes = 1 };
        commit.Stamp(sequence);
        queue.Add(commit);
        var slice = queue.Peek(sequence - 1)!;
        queue.Remove(slice, mark);
        mark.Wake(slice);
    }
}
