namespace MvStore.Tests.Fixtures;

/// <summary>A store with little memory, and a way to fill it.</summary>
public static class CrampedStore
{
    /// <summary>At how many bytes commits wait.</summary>
    public const long Limit = 1L << 20;

    /// <summary>How long they wait at most: long, because memory is free only when no other test of the process reads, and tests move the clock in small steps until then.</summary>
    public static readonly TimeSpan MaxStall = TimeSpan.FromHours(1);

    private const int ValueLength = 20_000;

    /// <summary>Opens one.</summary>
    public static Task<StoreFixture> OpenAsync(
        StoreStorage storage = StoreStorage.InMemory,
        Action<MvStoreOptions>? configure = null,
        Action<MvStoreBuilder>? build = null)
        => StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.Buffer.HardLimit = Limit;
                o.Buffer.MaxStall = MaxStall;
                configure?.Invoke(o);
            },
            build);

    /// <summary>A value of which a few dozen fill the store.</summary>
    public static byte[] Value(ulong version) => Bytes.OfLength(ValueLength, (byte)version);

    /// <summary>Commits one key after the other until there is no room: then the last commit waits, or has failed.</summary>
    /// <param name="fixture">The store.</param>
    /// <param name="first">The first version, which is also the first key.</param>
    /// <param name="cancellationToken">For the commits.</param>
    public static (Task<CommitReceipt> Waiting, ulong Version) Fill(
        this StoreFixture fixture, ulong first = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        for (var version = first; version < first + 1_000; version++)
        {
            var batch = new WriteBatch().Set(Bytes.Of(version), Value(version));
            var commit = fixture.Store.CommitAsync(batch, version, Durability.Buffered, cancellationToken).AsTask();
            fixture.Store.GetStatistics().MemoryBytes.Should().BeLessThanOrEqualTo(Limit);
            if (!commit.IsCompletedSuccessfully)
            {
                return (commit, version);
            }
        }

        throw new InvalidOperationException("The store never had too little memory.");
    }

    /// <summary>
    /// Lets a commit that waits for room go on, once what is there can be flushed. What leaves memory is free only when no other test reads at that moment,
    /// so it is looked for again and again.
    /// </summary>
    public static async Task LetInAsync(this StoreFixture fixture, Task waiting)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Clock.AdvanceUntilAsync(waiting, TimeSpan.FromMilliseconds(10)).Guarded();
    }

    /// <summary>What is visible, version by version: every commit up to one, and nothing above.</summary>
    public static async Task RequireExactlyAsync(this IMultiVersionStore store, ulong last)
    {
        ulong seen = 0;
        await foreach (var row in store.ScanAsync(KeyRange.All, ReadScope.Latest))
        {
            seen++;
            Bytes.Number(row.Key).Should().Be(seen);
            row.Value.Span.SequenceEqual(Value(seen)).Should().BeTrue();
        }

        seen.Should().Be(last);
    }
}
