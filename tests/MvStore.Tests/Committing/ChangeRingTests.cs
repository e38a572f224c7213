using MvStore.Committing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

public sealed class ChangeRingTests
{
    private const int Kilobyte = 1 << 10;

    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private ulong _last;

    [Theory]
    [InlineData(long.MaxValue, 8 << 20)]
    [InlineData(128 << 20, 8 << 20)]
    [InlineData((128 << 20) - 1, 4 << 20)]
    [InlineData(100 << 10, 4 << 10)]
    [InlineData(1, 4 << 10)]
    public void I69_ItTakesASixteenthOfTheMemoryAtMost(long memoryLimit, int bytes)
        => new ChangeRing(memoryLimit).HeldBytes.Should().Be(bytes + (bytes / 512 * ChangePlace.Size));

    [Fact]
    public void ItIsBoundedInCommits()
    {
        var ring = new ChangeRing(128 * Kilobyte);
        for (var i = 0; i < 50; i++)
        {
            Add(ring, new WriteBatch().Set("a", "1"));
        }

        Read(ring, 33).Should().BeEmpty();
        Read(ring, 34).Should().Equal(Enumerable.Range(35, 16).Select(s => (ulong)s));
        Read(ring, 34, most: 3).Should().Equal(35, 36, 37);
        Read(ring, 49).Should().Equal(50);
        Read(ring, 50).Should().BeEmpty();
        Read(ring, 0).Should().BeEmpty();
    }

    [Fact]
    public void ItIsBoundedInBytesAndACommitMayTakeAllOfThem()
    {
        // Of 8 kB. A commit takes 9 bytes more than its value.
        var ring = new ChangeRing(128 * Kilobyte);
        foreach (var length in new[] { 2_000, 3_000, 3_000, 100, 3_000 })
        {
            Add(ring, new WriteBatch().Set("a"u8, new byte[length]));
        }

        Read(ring, 1).Should().BeEmpty();
        Read(ring, 2).Should().Equal(3, 4, 5);
        Add(ring, new WriteBatch().Set("a"u8, new byte[(8 * Kilobyte) - 9 - (3_000 + 9)]));
        Read(ring, 3).Should().BeEmpty();
        Read(ring, 4).Should().Equal(5, 6);
        Add(ring, new WriteBatch().Set("a"u8, new byte[(8 * Kilobyte) - 9 - (3_000 + 8)]));
        Read(ring, 5).Should().BeEmpty();
        Read(ring, 6).Should().Equal(7);
        Add(ring, new WriteBatch().Set("a"u8, new byte[(8 * Kilobyte) - 9]));
        Read(ring, 7).Should().Equal(8);
        var tooLong = Prepare(new WriteBatch().Set("a"u8, new byte[(8 * Kilobyte) - 8]));
        ring.Reserve(ChangeRing.LengthOf(tooLong)).Should().BeNegative();
        Read(ring, 7).Should().Equal([8], "nothing was let go for it");
    }

    [Fact]
    public void I68_NothingIsReservedBeyondWhatIsNotPublished()
    {
        var ring = new ChangeRing(128 * Kilobyte);
        var large = Prepare(new WriteBatch().Set("a"u8, new byte[7 * Kilobyte]));
        var start = ring.Reserve(ChangeRing.LengthOf(large));
        start.Should().Be(0);
        ring.Reserve(2 * Kilobyte).Should().BeNegative();
        ring.Fill(large, start);
        ring.Reserve(2 * Kilobyte).Should().BeNegative("it is not published yet");
        ring.Add(large, start, previous: 0);
        Read(ring, 0).Should().Equal(1);
        ring.Reserve(Kilobyte - 9).Should().Be(ChangeRing.LengthOf(large));
        Read(ring, 0).Should().Equal([1], "nothing of it is overwritten");
        ring.Reserve(1).Should().BePositive();
        Read(ring, 0).Should().BeEmpty("it may be overwritten at any moment");
    }

    [Fact]
    public void A2_WhatIsReadIsWhatWasCommittedInKeyOrderWhereverItLies()
    {
        var ring = new ChangeRing(128 * Kilobyte);
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var batch = new WriteBatch().Drop("dropped"u8).Set("c"u8, Bytes.OfLength(random.Next(700), (byte)i)).Remove("b"u8).Unset("a"u8, "before"u8);
            batch.Set("d"u8, "superseded"u8).Set("d"u8, ""u8);
            Add(ring, batch);
            var commit = ring.ReadAfter(_last - 1, 1).Should().ContainSingle().Subject;
            commit.Version.Value.Should().Be(_last);
            commit.Changes.Select(c => (Bytes.Text(c.Key), c.Kind)).Should().Equal(
                ("a", KeyChangeKind.Remove), ("b", KeyChangeKind.Remove), ("c", KeyChangeKind.Set), ("d", KeyChangeKind.Set));
            commit.Changes.Select(c => c.Value?.ToArray()).Should().BeEquivalentTo([null, null, batch.Deltas[1].Value.ToArray(), Array.Empty<byte>()], o => o.WithStrictOrdering());
        }
    }

    [Theory]
    [InlineData(60 * Kilobyte)]
    [InlineData(70 * Kilobyte)]
    public void AReaderHoldsABoundedNumberOfBytesAtOnce(int valueLength)
    {
        var ring = new ChangeRing(long.MaxValue);
        for (var i = 0; i < 60; i++)
        {
            Add(ring, new WriteBatch().Set("a"u8, Bytes.OfLength(valueLength, (byte)i)).Set("b"u8, "b"u8));
        }

        var first = ring.ReadAfter(0, 60);
        first.Should().HaveCount((1 << 20) / valueLength);
        for (var i = 0; i < first.Count; i++)
        {
            first[i].Changes[0].Value!.Value.Span.SequenceEqual(Bytes.OfLength(valueLength, (byte)i)).Should().BeTrue();
            Bytes.Text(first[i].Changes[1].Key).Should().Be("b");
        }

        Add(ring, new WriteBatch().Set("a"u8, new byte[5 << 20]));
        Read(ring, 60).Should().Equal(61);
    }

    [Theory]
    [InlineData(60 * Kilobyte)]
    [InlineData(70 * Kilobyte)]
    public void A11_WhatWasReadIsTheReadersOwnWhateverIsReadLater(int valueLength)
    {
        var ring = new ChangeRing(long.MaxValue);
        for (byte i = 1; i <= 3; i++)
        {
            Add(ring, new WriteBatch().Set([i], Bytes.OfLength(valueLength, i)));
        }

        // One after the other, so that memory that is used again is used again.
        var changes = Enumerable.Range(0, 3).Select(after => ring.ReadAfter((ulong)after, 1).Single().Changes.Single()).ToArray();
        for (byte i = 1; i <= 3; i++)
        {
            changes[i - 1].Key.Span.SequenceEqual([i]).Should().BeTrue();
            changes[i - 1].Value!.Value.Span.SequenceEqual(Bytes.OfLength(valueLength, i)).Should().BeTrue();
        }
    }

    /// <summary>A writer overwrites a small ring as fast as it can: whatever readers take is what was committed, also when there are so many that each is often held up while the writer goes round.</summary>
    [Theory]
    [InlineData(128 * Kilobyte, 2)]
    [InlineData(1, 24)]
    public async Task I68_ReadersBesideTheWriterTakeNothingThatIsBeingOverwritten(int memoryLimit, int readers)
    {
        const int Last = 200_000;
        var ring = new ChangeRing(memoryLimit);
        var published = 0UL;
        var writing = Task.Run(() =>
        {
            var batch = new WriteBatch();
            for (var i = 1; i <= Last; i++)
            {
                // Lengths that let no commit begin where another one began.
                batch.Clear().Set(Bytes.Of((ulong)i), Bytes.OfLength(1 + (i * 7 % 433), (byte)i));
                Add(ring, batch);
                Volatile.Write(ref published, (ulong)i);
            }
        });
        var read = await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Factory.StartNew(ReadBeside, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        await writing.Guarded();
        read.Sum().Should().BePositive();

        long ReadBeside()
        {
            long count = 0;
            for (ulong reached = 0; reached < Last;)
            {
                var recent = ring.ReadAfter(reached, 10);
                foreach (var commit in recent)
                {
                    commit.Sequence.Should().Be(++reached);
                    commit.Version.Value.Should().Be(reached);
                    var change = commit.Changes.Should().ContainSingle().Subject;
                    Bytes.Number(change.Key).Should().Be(reached);
                    change.Value!.Value.Span.SequenceEqual(Bytes.OfLength(1 + (int)(reached * 7 % 433), (byte)reached)).Should().BeTrue();
                    count++;
                }

                // Overtaken, or there is nothing new: some of the last ones are there in any case.
                var last = Volatile.Read(ref published);
                reached = recent.Count == 0 ? Math.Max(reached, last - Math.Min(last, 5)) : reached;
            }

            return count;
        }
    }

    private InFlightCommit Prepare(WriteBatch batch)
    {
        var commit = _preparer.Prepare(batch, ++_last);
        commit.Stamp(_last);
        return commit;
    }

    private void Add(ChangeRing ring, WriteBatch batch)
    {
        var commit = Prepare(batch);
        var start = ring.Reserve(ChangeRing.LengthOf(commit));
        start.Should().BeGreaterThanOrEqualTo(0);
        ring.Fill(commit, start);
        ring.Add(commit, start, commit.Sequence - 1);
        commit.Release();
    }

    private static List<ulong> Read(ChangeRing ring, ulong after, int most = 1_000) => [.. ring.ReadAfter(after, most).Select(c => c.Sequence)];
}
