using MvStore.Committing;

namespace MvStore.Tests.Committing;

public sealed class PublicationOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SmallOnesAreAnsweredExactly(int seed)
    {
        var random = new Random(seed);
        var order = new PublicationOrder();
        List<(ulong Version, ulong Sequence)> all = [];
        ulong forgotten = 0;
        for (ulong sequence = 1; sequence <= 300; sequence++)
        {
            var version = sequence + (ulong)random.Next(20);
            order.Add(version, sequence);
            all.Add((version, sequence));
            if (random.Next(30) == 0)
            {
                forgotten = Math.Max(forgotten, sequence - (ulong)random.Next((int)Math.Min(10, sequence)));
                order.ForgetUpTo(forgotten);
            }

            var behind = (ulong)random.Next((int)forgotten, (int)sequence + 1);
            var above = all.Where(p => p.Sequence > behind).Select(p => p.Version).ToList();
            (order.LowestAfter(behind)?.Value).Should().Be(above.Count == 0 ? null : above.Min());
            var at = (ulong)random.Next((int)sequence + 25);
            var last = all.Where(p => p.Version <= at).Select(p => p.Sequence).DefaultIfEmpty(0UL).Max();
            order.LastAtOrBelow(at).Should().Be(last > forgotten ? last : 0);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void LargeOnesStayBoundedAndErrOnTheCarefulSideOnly(int seed)
    {
        const int Publications = 100_000;
        var random = new Random(seed);
        var order = new PublicationOrder();
        var versions = new ulong[Publications + 1];
        for (ulong sequence = 1; sequence <= Publications; sequence++)
        {
            versions[sequence] = (2 * sequence) - (random.Next(50) == 0 ? (ulong)random.Next((int)Math.Min(sequence, 40)) : 0);
            order.Add(versions[sequence], sequence);
            order.Count.Should().BeLessThanOrEqualTo(4_096);
        }

        var lowest = ulong.MaxValue;
        for (ulong sequence = Publications; sequence > 0; sequence--)
        {
            lowest = Math.Min(lowest, versions[sequence]);
            var answer = order.LowestAfter(sequence - 1)!.Value.Value;
            answer.Should().BeLessThanOrEqualTo(lowest);
            ((lowest - answer) / 2.0).Should().BeLessThanOrEqualTo(((Publications - sequence) / 10.0) + 41, "it is off by a part of the age only");
        }

        ulong last = 0;
        var byVersion = Enumerable.Range(1, Publications).Select(s => (Version: versions[s], Sequence: (ulong)s)).OrderBy(p => p.Version).ToArray();
        foreach (var (version, sequence) in byVersion)
        {
            last = Math.Max(last, sequence);
            order.LastAtOrBelow(version).Should().BeGreaterThanOrEqualTo(last);
        }

        order.LastAtOrBelow(ulong.MaxValue).Should().Be(Publications);
        order.LowestAfter(Publications).Should().BeNull();
    }
}
