using MvStore.Committing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

public sealed class ChangeTailTests
{
    private const int Places = 16_384;

    private readonly ChangeTail _tail = new(accounted: 7);
    private readonly CommitPreparer _followed;
    private readonly CommitPreparer _unfollowed = new(classifier: null, keepsRows: false, keepsDeltas: false);

    public ChangeTailTests() => _followed = new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false, _tail);

    [Fact]
    public void NothingIsKeptAndEverythingIsAccountedForWhileNobodyFollows()
    {
        Add(8);
        _tail.Accounted.Should().Be(8);
        _tail.ReadAfter(7, 10).Should().BeEmpty();
        _tail.Follow();
        Add(9);
        Read(8).Should().Equal(9);
        Read(7).Should().BeEmpty("8 is missing before it");
        _tail.Leave();
        Read(8).Should().BeEmpty();
        Add(10);
        _tail.Follow();
        Add(11);
        Read(9).Should().BeEmpty();
        Read(10).Should().Equal(11);
        Read(11).Should().BeEmpty();
    }

    [Fact]
    public void WhatHasNoEntriesIsPassedOverAndWhatHasNoCopiesIsAGap()
    {
        _tail.Follow();
        Add(8);
        _tail.Add(Stamped(_followed.Prepare(new WriteBatch(), 9), 9));
        _tail.Add(Stamped(_followed.Prepare(new WriteBatch().Drop("a"u8), 10), 10));
        _tail.Accounted.Should().Be(8);
        Add(11);
        Read(7).Should().Equal(8, 11);
        Add(12, _unfollowed);
        _tail.Accounted.Should().Be(12);
        Read(7).Should().Equal(8, 11);
        Read(11).Should().BeEmpty();
        Add(13);
        Read(11).Should().BeEmpty();
        Read(12).Should().Equal(13);
        var replayed = Stamped(_followed.Prepare(new WriteBatch().Set("a", "1"), 14), 14);
        replayed.IsReplayed = true;
        _tail.Add(replayed);
        Read(12).Should().Equal(13);
        _tail.Accounted.Should().Be(14);
    }

    [Fact]
    public void TheRingIsBoundedInCommitsAndBytes()
    {
        _tail.Follow();
        for (ulong sequence = 8; sequence < 8 + (3 * Places); sequence++)
        {
            Add(sequence);
        }

        const ulong Last = 7 + (3 * Places);
        Read(Last - Places - 1).Should().BeEmpty();
        Read(Last - Places).Should().HaveCount(Places).And.StartWith(Last - Places + 1);
        _tail.ReadAfter(Last - Places, 10).Should().HaveCount(10);

        // Each of these takes a bit more than a third of the bytes: two stay.
        for (ulong sequence = Last + 1; sequence <= Last + 5; sequence++)
        {
            _tail.Add(Stamped(_followed.Prepare(new WriteBatch().Set("a"u8, new byte[3 << 20]), sequence), sequence));
        }

        Read(Last + 3).Should().Equal(Last + 4, Last + 5);
        Read(Last + 2).Should().BeEmpty();
        _tail.Add(Stamped(_followed.Prepare(new WriteBatch().Set("a"u8, new byte[8 << 20]), Last + 6), Last + 6));
        Read(Last + 5).Should().BeEmpty("it is too large to keep");
        _tail.Accounted.Should().Be(Last + 6);
    }

    [Fact]
    public void WhoWaitsIsWokenByTheNextOne()
    {
        _tail.Follow();
        var first = _tail.Next();
        _tail.Next().Should().BeSameAs(first);
        first.IsCompleted.Should().BeFalse();
        Add(8);
        first.IsCompleted.Should().BeTrue();
        var second = _tail.Next();
        second.IsCompleted.Should().BeFalse();
        _tail.Wake();
        second.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task AReaderBesideTheWriterNeverMissesOrRepeatsOne()
    {
        const ulong Last = 60_000;
        _tail.Follow();
        var writing = Task.Run(() =>
        {
            for (ulong sequence = 8; sequence <= Last; sequence++)
            {
                Add(sequence, sequence % 97 == 0 ? _unfollowed : _followed);
            }
        });
        ulong reached = 7;
        while (reached < Last)
        {
            var news = _tail.Next();
            var accounted = _tail.Accounted;
            var recent = Read(reached);
            foreach (var sequence in recent)
            {
                sequence.Should().Be(++reached);
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

    private static InFlightCommit Stamped(InFlightCommit commit, ulong sequence)
    {
        commit.Stamp(sequence);
        return commit;
    }

    private void Add(ulong sequence, CommitPreparer? preparer = null)
        => _tail.Add(Stamped((preparer ?? _followed).Prepare(new WriteBatch().Set("a", "1"), sequence), sequence));

    private List<ulong> Read(ulong after) => [.. _tail.ReadAfter(after, int.MaxValue).Select(c => c.Sequence)];
}
