namespace MvStore.Conformance;

/// <summary>What a tier says of itself: what it takes up to its limits, it takes.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class CapabilityConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    // A limit above this is not tried.
    private const int Large = 4_000_000;
    private const int Many = 100_000;

    [Fact]
    public async Task A3_LimitsArePositiveAndStayTheSame()
    {
        Capabilities.MaxKeyLength.Should().BePositive();
        Capabilities.MaxValueLength.Should().BeGreaterThanOrEqualTo(0);
        Capabilities.MaxBatchBytes.Should().BePositive();
        Capabilities.MaxBatchRows.Should().BePositive();
        Capabilities.MaxReadKeys.Should().BePositive();
        Enum.IsDefined(Capabilities.Durability).Should().BeTrue();
        var before = Capabilities;
        (await ReopenAsync()).Capabilities.Should().Be(before);
    }

    [Fact]
    public async Task A3_ASliceOfAsManyRowsAsAllowedIsTaken()
    {
        var count = Math.Min(Capabilities.MaxBatchRows, Many);
        var rows = Enumerable.Range(0, count).Select(i => Rows.Set($"{i:X6}", 1, 1, "")).ToArray();
        if (rows.Sum(r => (long)r.Key.Length) > Capabilities.MaxBatchBytes)
        {
            return;
        }

        await ApplyAsync(rows);
        Rows.Texts(await Tier.GetAsync(Rows.Keys($"{count - 1:X6}"), Rows.Everything, default)).Should().Equal(Rows.Text(rows[^1]));
    }

    [Fact]
    public async Task A3_ASliceOfAsManyBytesAsAllowedIsTaken()
    {
        var bytes = Math.Min(Capabilities.MaxBatchBytes, Large);
        List<TierRow> rows = [];
        while (bytes > 0)
        {
            var key = Rows.Key($"{rows.Count:X6}");
            var length = Math.Min(bytes - key.Length, Capabilities.MaxValueLength);
            if (length < 0)
            {
                break;
            }

            rows.Add(new TierRow(key, 1, 1, new byte[length]));
            bytes -= key.Length + length;
        }

        if (rows.Count > Capabilities.MaxBatchRows)
        {
            return;
        }

        await ApplyAsync([.. rows]);
        var scan = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.Newest, ScanDirection.Forward, 100);
        Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(rows));
    }

    [Fact]
    public async Task B3_AsManyKeysAsAllowedAreReadAtOnce()
    {
        var rows = Enumerable.Range(0, Math.Min(Capabilities.MaxReadKeys, 2_000)).Select(i => Rows.Set($"{i:D6}", 1, (ulong)i + 1, $"{i}")).ToArray();
        await ApplyAsync(rows);
        Rows.Texts(await Tier.GetAsync([.. rows.Select(r => r.Key)], Rows.Everything, default)).Should().Equal(Rows.Texts(rows));
    }
}
