namespace MvStore.Tests.Fixtures;

/// <summary>
/// A store in which keys expire, with a clock that stands still and versions from one source for the test and the store: keys that begin with o belong to an operator, with s to a
/// source, and only those have a time to live.
/// </summary>
public sealed class ExpiringStore : IAsyncDisposable
{
    private ExpiringStore(StoreFixture fixture) => Fixture = fixture;

    /// <summary>What it is made of.</summary>
    public StoreFixture Fixture { get; private set; }

    /// <summary>The store that is open now.</summary>
    public IMultiVersionStore Store => Fixture.Store;

    /// <summary>Where the versions of the test's commits, and those of the store's, come from.</summary>
    public VersionSource Versions { get; private set; } = null!;

    /// <summary>Hands out versions in place of the source, unless it is null.</summary>
    public Func<Task<CommitVersion>>? Provide { get; set; }

    /// <summary>Opens one on fresh storage.</summary>
    /// <param name="storage">What is behind its memory.</param>
    /// <param name="life">For how long keys of the operator and of the source live; null for neither.</param>
    /// <param name="configure">Changes settings.</param>
    /// <param name="build">Changes the builder.</param>
    public static async Task<ExpiringStore> OpenAsync(
        StoreStorage storage,
        TimeToLive? life,
        Action<MvStoreOptions>? configure = null,
        Action<MvStoreBuilder>? build = null)
    {
        var expiring = new ExpiringStore(null!);
        expiring.Fixture = await StoreFixture.OpenAsync(
            storage,
            options =>
            {
                if (life is not null)
                {
                    options.GarbageCollection.RetainByKind[EntryKind.Operator(1)] = new Retention { TimeToLive = life };
                    options.GarbageCollection.RetainByKind[EntryKind.Source(1)] = new Retention { TimeToLive = life };
                }

                configure?.Invoke(options);
            },
            builder =>
            {
                builder.UseKeyClassifier(new KindOfFirstLetter()).UseVersionProvider(store =>
                {
                    expiring.Versions = new VersionSource(store);
                    return new Provider(expiring);
                });
                build?.Invoke(builder);
            });
        return expiring;
    }

    /// <summary>Gives a key a value at the next version.</summary>
    public Task<CommitReceipt> SetAsync(string key, string value = "x") => Store.SetAsync(Versions.Next().Value, key, value);

    /// <summary>Deletes a key at the next version.</summary>
    public Task<CommitReceipt> RemoveAsync(string key) => Store.RemoveAsync(Versions.Next().Value, key);

    /// <summary>Lets time pass.</summary>
    public void Pass(double minutes) => Fixture.Clock.Advance(TimeSpan.FromMinutes(minutes));

    /// <summary>Runs reclamation, and tells how many keys expired.</summary>
    public async Task<long> ExpireAsync() => (await Store.ReclaimAsync().Guarded()).ExpiredKeys;

    /// <summary>Does the same with nothing in between, which is foreseen.</summary>
    public async Task<long> ExpireAsForeseenAsync()
    {
        var foreseen = (await Store.PreviewReclamationAsync().Guarded()).Report.ExpiredKeys;
        (await Store.PreviewReclamationAsync().Guarded()).Report.ExpiredKeys.Should().Be(foreseen, "a preview changes nothing");
        var expired = (await Store.ReclaimAsync().Guarded()).ExpiredKeys;
        expired.Should().Be(foreseen);
        return expired;
    }

    /// <summary>The value of a key, without its version; null if it is absent.</summary>
    public async Task<string?> ValueAsync(string key) => (await Store.ReadAsync(key))?.Split('@')[0];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    private sealed class Provider(ExpiringStore expiring) : IVersionProvider
    {
        public ValueTask<CommitVersion> NextAsync(CancellationToken cancellationToken)
            => expiring.Provide is { } provide ? new ValueTask<CommitVersion>(provide()) : new ValueTask<CommitVersion>(expiring.Versions.Next());
    }

    private sealed class KindOfFirstLetter : IKeyClassifier
    {
        public EntryKind Classify(ReadOnlySpan<byte> key) => key switch
        {
            [(byte)'o', ..] => EntryKind.Operator(1),
            [(byte)'p', ..] => EntryKind.Operator(2),
            [(byte)'s', ..] => EntryKind.Source(1),
            _ => EntryKind.Multi,
        };
    }
}
