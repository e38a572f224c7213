using MvStore.Buffering;
using MvStore.Contracts;

namespace MvStore.Tests.Buffering;

public sealed class VersionChainTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void FindEqualsASearchOfAllEntries(int seed)
    {
        var random = new Random(seed);
        var chain = VersionChain.Empty;
        var all = new List<VersionEntry>();
        for (ulong sequence = 1; sequence <= 200; sequence++)
        {
            var version = (ulong)random.Next(1, 400);
            if (all.Exists(e => e.Version == version))
            {
                continue;
            }

            var entry = Entry(version, sequence);
            chain = chain.With(entry, isFresh: false);
            all.Add(entry);

            var view = new TierView((ulong)random.Next(0, 410), (ulong)random.Next(0, 210));
            var expected = all.Where(e => view.CanSee(e.Version, e.Sequence)).MaxBy(e => e.Version);
            chain.Find(view).Entry.Should().BeSameAs(expected, "seed {0}, sequence {1}", seed, sequence);
        }

        chain.Entries.ToArray().Select(e => e.Version).Should().BeInAscendingOrder();
    }

    [Fact]
    public void I6_AFreshEntryMakesTheChainCompleteFromItOn()
    {
        var chain = VersionChain.Empty.With(Entry(40, 1), isFresh: false);
        chain.Find(new TierView(50, 9)).IsFinal.Should().BeFalse("only a late version is known");

        chain = chain.With(Entry(60, 2), isFresh: true);

        chain.Find(new TierView(60, 9)).IsFinal.Should().BeTrue();
        chain.Find(new TierView(59, 9)).IsFinal.Should().BeFalse("versions between 40 and 60 may be on disk");
    }

    [Fact]
    public void I6_EvictionRaisesCompletenessAboveWhatWentAndNoFurther()
    {
        var chain = VersionChain.Empty.With(Entry(10, 1), isFresh: true).With(Entry(20, 2), isFresh: true).With(Entry(30, 3), isFresh: true);

        var evicted = chain.WithoutOldest(1);

        evicted.CompleteFrom.Should().Be(11);
        evicted.Find(new TierView(25, 9)).Should().Be(chain.Find(new TierView(25, 9)));
        evicted.Find(new TierView(15, 9)).IsFinal.Should().BeFalse();
    }

    [Fact]
    public void AReaderOfAnOldChainIsNotDisturbed()
    {
        var chain = VersionChain.Empty.With(Entry(10, 1), isFresh: true).With(Entry(20, 2), isFresh: true);
        var before = chain.Entries.ToArray();

        _ = chain.WithoutOldest(2);
        _ = chain.Without(before[0]);
        _ = chain.With(Entry(15, 3), isFresh: false);

        chain.Entries.ToArray().Should().Equal(before);
    }

    private static VersionEntry Entry(ulong version, ulong sequence)
    {
        var entry = new VersionEntry(version, new byte[] { 1 });
        entry.Stamp(sequence);
        return entry;
    }
}
