using MvStore.Contracts;
using MvStore.Tests.Unmanaged;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

public sealed unsafe class VersionChainTests
{
    private const int Most = 6;

    [Fact]
    public void EveryOrderOfInsertionGivesEveryViewWhatItSees()
    {
        foreach (var order in Orders([1, 2, 3, 4, 5, 6]))
        {
            using var chain = new ChainHarness();
            foreach (var version in order)
            {
                chain.Add(version);
            }

            chain.Verify();
        }
    }

    [Fact]
    public void AfterEveryInsertionEveryViewSeesWhatItMust()
    {
        // Of three entries and more it makes no difference in which order the first came; of the last it does.
        foreach (var order in Orders([1, 2, 3, 4, 5]).Where((_, i) => i % 3 == 0))
        {
            using var chain = new ChainHarness(isChecked: false, inlineVersion: 7);
            chain.Verify();
            foreach (var version in order)
            {
                chain.Add(version, valueLength: (int)version % 3);
                chain.Verify();
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnySubsetMayBeKeptAndAddedTo(bool isBornWithAnEntry)
    {
        for (var count = 0; count <= Most; count++)
        {
            for (var kept = 0; kept < 1 << count; kept++)
            {
                using var chain = new ChainHarness(inlineVersion: isBornWithAnEntry && count > 0 ? 1UL : null);
                for (var version = isBornWithAnEntry && count > 0 ? 2 : 1; version <= count; version++)
                {
                    chain.Add((ulong)version);
                }

                var mask = kept;
                chain.Keep(i => (mask >> i & 1) != 0);
                chain.Verify();

                // Into the first gap, and above.
                if (kept != (1 << count) - 1)
                {
                    var missing = Enumerable.Range(0, count).First(i => (mask >> i & 1) == 0);
                    chain.Add((ulong)(count - missing));
                    chain.Verify();
                }

                chain.Add((ulong)count + 1);
                chain.Verify();
                chain.Keep(_ => false);
                chain.Verify();
                chain.Count.Should().Be(0);

                // The record is as good as new, also when the entry it was born with is gone.
                chain.Add(3, isFresh: true);
                chain.Verify();
            }
        }
    }

    [Fact]
    public void AChainGoesFromAListToABlockAndBackAsOftenAsItLikes()
    {
        using var chain = new ChainHarness(inlineVersion: 1);
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            for (ulong version = 1; version <= ChainHarness.MaxVersion; version++)
            {
                if (!Holds(chain, version) && random.Next(3) > 0)
                {
                    chain.Add(version, valueLength: random.Next(40));
                }
            }

            var mask = random.Next(1 << ChainHarness.MaxVersion);
            chain.Keep(i => (mask >> i & 1) != 0);
            chain.VerifyMemory();
        }

        chain.Keep(_ => false);
        chain.VerifyMemory();
        chain.Heap.CollectAll();
        chain.VerifyMemory();
    }

    [Fact]
    public void I6_AFreshEntryMakesTheChainCompleteFromItOn()
    {
        using var chain = new ChainHarness();
        chain.Add(4);
        IsFinal(chain, 5).Should().BeFalse("only a late version is known");

        chain.Add(6, isFresh: true);

        IsFinal(chain, 6).Should().BeTrue();
        IsFinal(chain, 5).Should().BeFalse("versions between 4 and 6 may be on disk");
        chain.Add(7);
        IsFinal(chain, 7).Should().BeTrue("a late version above a final one has nothing beside it on disk");
        chain.Add(5);
        IsFinal(chain, 5).Should().BeFalse();
    }

    [Fact]
    public void I6_EvictionTakesCompletenessFromWhatWentAndNothingElse()
    {
        using var chain = new ChainHarness();
        chain.Add(1, isFresh: true);
        chain.Add(3, isFresh: true);
        chain.Add(5, isFresh: true);

        chain.Keep(i => i < 2);

        IsFinal(chain, 4).Should().BeTrue();
        chain.Find(new TierView(2, 9)).Should().Be(0);
        chain.Add(2);
        IsFinal(chain, 2).Should().BeFalse();
        IsFinal(chain, 3).Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void I6_AFinalEntryIsNeverBeatenByOneThatWasEvicted(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            using var chain = new ChainHarness(isChecked: false, inlineVersion: round % 2 == 0 ? 100UL : null);
            var all = new List<(ulong Version, ulong Sequence)>();
            if (chain.Count > 0)
            {
                all.Add((100, 1));
            }

            for (var step = 0; step < 60; step++)
            {
                var version = (ulong)random.Next(1, 400);
                if (random.Next(4) == 0)
                {
                    var left = random.Next(chain.Count + 1);
                    chain.Keep(i => i < left);
                }
                else if (!all.Exists(e => e.Version == version))
                {
                    chain.Add(version, isFresh: !all.Exists(e => e.Version > version));
                    all.Add((version, chain.Sequence));
                }

                for (var view = 0; view < 20; view++)
                {
                    RequireUnbeaten(chain, all, new TierView((ulong)random.Next(400), (ulong)random.Next((int)chain.Sequence + 1)));
                }
            }

            // Above a final entry every one is.
            for (var i = 1; i < chain.Count; i++)
            {
                (chain[i - 1]->IsFinal || !chain[i]->IsFinal).Should().BeTrue();
            }
        }
    }

    [Fact]
    public void AReaderOfAnOldListOrBlockIsNotDisturbed()
    {
        foreach (var count in (int[])[2, 3, 4, 7])
        {
            using var chain = new ChainHarness();
            for (var i = 1; i <= count; i++)
            {
                chain.Add((ulong)i);
            }

            using var epoch = EpochGuard.Enter();
            var entries = Enumerable.Range(0, count).Select(i => ((nint)chain[i], chain[i]->Version)).ToArray();
            chain.Keep(_ => false);
            chain.Add(5);
            for (var i = 0; i < 3; i++)
            {
                chain.Heap.Collect();
            }

            foreach (var (entry, version) in entries)
            {
                ((NativeEntry*)entry)->Version.Should().Be(version);
                NativeEntry.ValueOf((NativeEntry*)entry).ToArray().Should().Equal(0, 0, 0);
            }
        }
    }

    [Fact]
    public void AMillionVersionsOfAKeyAreFoundAddedToAndTakenOut()
    {
        const int Versions = 1_000_000;
        using var chain = new LongChain();
        for (ulong version = 2; version <= 2 * Versions; version += 2)
        {
            chain.Add(version);
        }

        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var at = (ulong)random.Next(2, 2 * Versions);
            chain.Find(at, ulong.MaxValue).Should().Be(at & ~1UL);
        }

        for (var i = 0; i < 5; i++)
        {
            var version = ((ulong)random.Next(1, Versions) * 2) + 1;
            chain.Add(version);
            chain.Find(version, ulong.MaxValue).Should().Be(version);
            chain.Find(version, chain.Sequence - 1).Should().Be(version - 1, "an older view does not see it");
        }

        chain.Find(1, ulong.MaxValue).Should().BeNull();
        chain.CountOf().Should().Be(Versions + 5);
        chain.KeepNewest(3);
        chain.CountOf().Should().Be(3);
        chain.Find(2 * Versions, ulong.MaxValue).Should().Be(2 * Versions);
        chain.KeepNewest(0);
        chain.VerifyEmpty();
    }

    private static void RequireUnbeaten(ChainHarness chain, List<(ulong Version, ulong Sequence)> all, TierView view)
    {
        var found = (NativeEntry*)chain.Find(view);
        if (found == null || !found->IsFinal)
        {
            return;
        }

        var best = all.Where(e => view.CanSee(e.Version, e.Sequence)).Max(e => e.Version);
        found->Version.Should().Be(best, "nothing that was evicted beats a final entry");
    }

    private static bool IsFinal(ChainHarness chain, ulong at) => ((NativeEntry*)chain.Find(new TierView(at, ulong.MaxValue)))->IsFinal;

    private static bool Holds(ChainHarness chain, ulong version)
        => Enumerable.Range(0, chain.Count).Any(i => chain[i]->Version == version);

    private static IEnumerable<ulong[]> Orders(ulong[] versions)
        => versions.Length == 0
            ? [[]]
            : versions.SelectMany(first => Orders([.. versions.Where(v => v != first)]).Select(rest => (ulong[])[first, .. rest]));
}
