using MvStore.Filtering;

namespace MvStore.Tests.Filtering;

public sealed class KeyFilterTests
{
    private const int Keys = 200_000;
    private const long Roomy = 64L * 1024 * 1024;

    [Fact]
    public void WhatWasAddedIsHeld()
    {
        var filter = Filled(Roomy);

        Hashes(seed: 1).Should().OnlyContain(hash => filter.MayHold(hash));
        filter.Count.Should().BeInRange(Keys * 95 / 100, Keys);
    }

    [Fact]
    public void FewUnknownKeysPassForKnown()
        => Passing(Filled(Roomy)).Should().BeLessThan(Keys / 50);

    [Fact]
    public void AFullSegmentLetsAboutOneInTwoHundredPass()
    {
        var segment = new FilterSegment(Keys * FilterSegment.BitsPerKey / 8);
        foreach (var hash in Hashes(seed: 1))
        {
            segment.Add(hash);
        }

        Hashes(seed: 1).Should().OnlyContain(hash => segment.MayContain(hash));
        Hashes(seed: 2).Count(segment.MayContain).Should().BeInRange(Keys / 1_000, Keys / 100);
    }

    [Fact]
    public void AnEmptyFilterHoldsNothingAndTakesNothing()
    {
        var filter = new KeyFilter(Roomy);

        filter.Bytes.Should().Be(0);
        Hashes(seed: 1).Should().NotContain(hash => filter.MayHold(hash));
    }

    [Fact]
    public void ItTakesSomeBitsForEachKey()
        => Filled(Roomy).Bytes.Should().BeInRange(Keys * 12 / 8, Keys * 12 * 4 / 8);

    [Theory]
    [InlineData(200)]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public void ItStaysWithinItsLimitAndSaysWhenItIsOfNoUse(long limit)
    {
        var filter = Filled(limit);

        filter.Bytes.Should().BePositive().And.BeLessThanOrEqualTo(limit);
        filter.IsExhausted.Should().BeTrue();
        Hashes(seed: 1).Should().OnlyContain(hash => filter.MayHold(hash));
    }

    [Fact]
    public void ItIsNotExhaustedAsLongAsItCanGrow()
        => Filled(Roomy).IsExhausted.Should().BeFalse();

    [Fact]
    public void AKeyThatIsAddedAgainTakesNoRoom()
    {
        var filter = Filled(Roomy);
        var (count, bytes) = (filter.Count, filter.Bytes);

        foreach (var hash in Hashes(seed: 1))
        {
            filter.Add(hash);
        }

        (filter.Count, filter.Bytes).Should().Be((count, bytes));
    }

    private static KeyFilter Filled(long limit)
    {
        var filter = new KeyFilter(limit);
        foreach (var hash in Hashes(seed: 1))
        {
            filter.Add(hash);
        }

        return filter;
    }

    private static int Passing(KeyFilter filter) => Hashes(seed: 2).Count(filter.MayHold);

    private static IEnumerable<ulong> Hashes(int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, Keys).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue));
    }
}
