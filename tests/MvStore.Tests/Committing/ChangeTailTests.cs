using MvStore.Committing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

public sealed class ChangeTailTests
{
    private const int Megabyte = 1 << 20;

    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly ChangeTail _tail = new(accounted: 7);

    [Fact]
    public void NothingIsKeptAndEverythingIsAccountedForWhileNobodyFollows()
    {
        Add(8);
        _tail.Accounted.Should().Be(8);
        _tail.ReadAfter(7, 10).Should().BeEmpty();
        Follow();
        Add(9);
        Read(8).Should().Equal(9);
        Read(7).Should().BeEmpty("8 is missing before it");
        _tail.Leave();
        Read(8).Should().BeEmpty();
        Add(10);
        Follow();
        Add(11);
        Read(9).Should().BeEmpty();
        Read(10).Should().Equal(11);
        Read(11).Should().BeEmpty();
    }

    [Fact]
    public void I69_OneRingServesAllWhoFollowAndItsMemoryIsCountedAsLongAsTheyDo()
    {
        _tail.HeldBytes.Should().Be(0);
        _tail.TryFollow(ring: null).Should().BeFalse("there is no ring");
        _tail.IsFollowed.Should().BeFalse();
        var ring = _tail.CreateRing();
        _tail.TryFollow(ring).Should().BeTrue();
        _tail.TryFollow(ring: null).Should().BeTrue();
        _tail.TryFollow(_tail.CreateRing()).Should().BeTrue();
        _tail.HeldBytes.Should().Be(ring.HeldBytes).And.BeGreaterThan(8 * Megabyte);
        var begun = Begin(8);
        begun.Ring.Should().BeSameAs(ring);
        _tail.Leave();
        _tail.Leave();
        _tail.HeldBytes.Should().Be(ring.HeldBytes);
        _tail.Leave();
        (_tail.HeldBytes, _tail.IsFollowed).Should().Be((0, false));

        // It began while others followed, and there was nobody in between.
        Follow();
        End(begun);
        begun.Ring.Should().BeNull();
        _tail.Accounted.Should().Be(8);
        Read(7).Should().BeEmpty();
        Add(9);
        Read(8).Should().Equal(9);
    }

    [Fact]
    public void WhatHasNoEntriesIsPassedOverAndWhatHasNoCopiesIsAGap()
    {
        var unfollowed = Begin(12, NewBatch());
        Follow();
        Add(8);
        Add(9, new WriteBatch());
        Add(10, new WriteBatch().Drop("a"u8));
        _tail.Accounted.Should().Be(8);
        Add(11);
        Read(7).Should().Equal(8, 11);
        End(unfollowed);
        _tail.Accounted.Should().Be(12);
        Read(7).Should().Equal(8, 11);
        Read(11).Should().BeEmpty();
        Add(13);
        Read(11).Should().BeEmpty();
        Read(12).Should().Equal(13);
        Read(7).Should().Equal([8, 11], "12 is missing behind them");
        var replayed = Prepare(14, NewBatch());
        replayed.IsReplayed = true;
        _tail.Begin(replayed);
        replayed.Ring.Should().BeNull();
        End(replayed);
        Read(12).Should().Equal(13);
        _tail.Accounted.Should().Be(14);
    }

    [Fact]
    public void ACommitThatFailedIsPassedOverAndItsPartIsFree()
    {
        Follow();
        Add(8);
        for (ulong sequence = 9; sequence < 40; sequence++)
        {
            var failed = Begin(sequence, new WriteBatch().Set("a"u8, new byte[Megabyte]));
            failed.IsAborted = true;
            End(failed);
        }

        _tail.Accounted.Should().Be(8);
        Add(40, new WriteBatch().Set("a"u8, new byte[2 * Megabyte]));
        Read(8).Should().Equal(40);
    }

    [Fact]
    public void WhoWaitsIsWokenByTheNextOne()
    {
        Follow();
        var first = _tail.Next();
        _tail.Next().Should().BeSameAs(first);
        _tail.Notify();
        var second = _tail.Next();
        (first.IsCompleted, second.IsCompleted).Should().Be((true, false));
        _tail.Notify();
        second.IsCompleted.Should().BeTrue();
        _tail.Notify();
        var third = _tail.Next();
        third.IsCompleted.Should().BeFalse("it was taken afterwards");
        _tail.Wake();
        third.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task I50_AReaderBesideTheWriterNeverMissesOrRepeatsOne()
    {
        const ulong Last = 60_000;
        var unfollowed = new ChangeTail(accounted: 0);
        Follow();
        var writing = Task.Run(() =>
        {
            for (ulong sequence = 8; sequence <= Last; sequence++)
            {
                var commit = Prepare(sequence, NewBatch());
                (sequence % 97 == 0 ? unfollowed : _tail).Begin(commit);
                End(commit);
                _tail.Notify();
            }
        });
        ulong reached = 7;
        while (reached < Last)
        {
            var news = _tail.Next();
            var accounted = _tail.Accounted;
            var recent = _tail.ReadAfter(reached, int.MaxValue);
            foreach (var commit in recent)
            {
                commit.Sequence.Should().Be(++reached);
            }

            if (recent.Count == 0 && accounted > reached)
            {
                // A gap: history would have it.
                reached = accounted;
            }
            else if (recent.Count == 0)
            {
                await news.Guarded();
            }
        }

        await writing.Guarded();
        Add(Last + 1);
        Read(reached).Should().Equal(Last + 1);
    }

    private static WriteBatch NewBatch() => new WriteBatch().Set("a", "1");

    private void Follow() => _tail.TryFollow(_tail.IsFollowed ? null : _tail.CreateRing()).Should().BeTrue();

    private InFlightCommit Prepare(ulong sequence, WriteBatch batch)
    {
        var commit = _preparer.Prepare(batch, sequence);
        commit.Stamp(sequence);
        return commit;
    }

    private InFlightCommit Begin(ulong sequence, WriteBatch? batch = null)
    {
        var commit = Prepare(sequence, batch ?? NewBatch());
        _tail.Begin(commit);
        return commit;
    }

    private void End(InFlightCommit commit)
    {
        commit.Ring?.Fill(commit, commit.RingStart);
        _tail.End(commit);
    }

    private void Add(ulong sequence, WriteBatch? batch = null) => End(Begin(sequence, batch));

    private List<ulong> Read(ulong after) => [.. _tail.ReadAfter(after, int.MaxValue).Select(c => c.Sequence)];
}
