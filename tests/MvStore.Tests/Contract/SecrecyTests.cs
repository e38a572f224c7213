using System.Reflection;
using System.Text;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract F8: no key or value bytes in logs, in the messages of exceptions, or in the texts of public types.</summary>
public sealed class SecrecyTests
{
    private const int MaxKey = 40;
    private const int MaxValue = 60;
    private const string KeyText = "SecretKeyOfSomebody";
    private const string ValueText = "SecretValueOfSomebody";

    private static readonly byte[] Key = Bytes.Of(KeyText);
    private static readonly byte[] Value = Bytes.Of(ValueText);
    private static readonly VersionedRow Row = new(Key, 10, Value);
    private static readonly TierRow StoredRow = new(Key, 10, 1, Value);
    private static readonly KeyRange Range = KeyRange.Between(Key, Value);
    private static readonly Pin ScopedPin = new(10, 1) { Scope = Range };
    private static readonly RetentionRule Rule = new(FloorSet.None, [ScopedPin], new KindByFirstByte());
    private static readonly SnapshotInfo Listed = new("owner", 10, DateTimeOffset.UnixEpoch) { Scope = Range };
    private static readonly VersionExplanation Explained = new(10, 1, RetentionReason.Pinned) { Pins = [Listed] };
    private static readonly Dictionary<RetentionReason, VersionTotals> NoTotals = [];

    /// <summary>A filled instance of every public type through which key or value bytes can be reached.</summary>
    private static readonly object[] Holders =
    [
        Row,
        new VersionedRow(Key, 10, null),
        StoredRow,
        StoredRow with { Value = null },
        new Delta(DeltaKind.Set, Key, Value),
        new WriteBatch().Set(Key, Value),
        new PublishedCommit(10, 1, [new Delta(DeltaKind.Set, Key, Value)]),
        new DuplicateVersionException(Key, 10),
        new PersistentTierException(TierFailure.Damaged, "A row is damaged.") { Key = Key },
        KeyRange.Between(Key, Value),
        new PageToken(Key),
        new ScanPage([Row], new PageToken(Key)),
        PreviousVersion.Of(Row),
        new KeyFloor(Key, 10),
        new TierBatch(0, 1, 10, [StoredRow]) { Drops = [new KeyFloor(Key, 10)] },
        new TierState(1, 10, new FloorSet(1, [], [new KeyFloor(Key, 10)])) { Drops = [new KeyFloor(Key, 10)] },
        new TierPage([StoredRow], new TierPosition(Key, 5), 1),
        new TierPosition(Key, 5),
        new TierScan(KeyRange.Exactly(Key), new TierView(10, 1), TierScanMode.Newest, ScanDirection.Forward, 1),
        new TierReclaimStep(Rule, new ReadOnlyMemory<byte>(Key), 1) { Keys = [Key] },
        new TierReclaimed(new ReadOnlyMemory<byte>(Key), 1, 1, 1),
        ScopedPin,
        Rule,
        new RetentionVerdict(RetentionReason.Pinned, 1, ScopedPin),
        Listed,
        new SnapshotOptions { Scope = Range },
        new OutOfScopeException("owner", Range),
        new LeaseInfo("lease", 10, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) { Scope = Range },
        Explained,
        new KeyExplanation(EntryKind.Multi, 10, [Explained]),
        new KeyChange(KeyChangeKind.Set, Key, Value, Value),
        new ChangeCommit(new ChangePosition(1, 1), 10, [new KeyChange(KeyChangeKind.Set, Key, Value, Value)]),
        new ReclamationPreview(default, NoTotals, NoTotals, [Listed]),
    ];

    [Fact]
    public void F8_TheTextOfNoPublicTypeShowsBytes()
    {
        foreach (var holder in Holders)
        {
            AssertSilent(holder.ToString()!, holder.GetType().Name);
        }
    }

    [Fact]
    public void F8_EveryPublicTypeThatHoldsBytesIsChecked()
    {
        var holding = new HashSet<Type> { typeof(ReadOnlyMemory<byte>), typeof(ReadOnlySpan<byte>), typeof(byte[]) };
        var candidates = typeof(IMultiVersionStore).Assembly.GetExportedTypes().Where(type => !type.IsInterface).ToArray();
        while (candidates.FirstOrDefault(type => !holding.Contains(type) && Parts(type).Any(holding.Contains)) is { } found)
        {
            holding.Add(found);
        }

        var checkedElsewhere = candidates.Where(type => type.IsByRefLike);
        holding.Where(candidates.Contains).Except(checkedElsewhere).Should().BeSubsetOf(Holders.Select(holder => holder.GetType()));
    }

    [Fact]
    public void F8_RowsWhereTheyLieHaveNoText()
    {
        var rows = typeof(IMultiVersionStore).Assembly.GetExportedTypes().Where(type => type.IsByRefLike).ToArray();

        // They cannot be boxed, so the text they inherit cannot be asked for either.
        rows.Should().Contain([typeof(GuardedRow), typeof(RowView), typeof(RowPortion)]);
        rows.SelectMany(type => type.GetMethods()).Where(method => method.Name == nameof(ToString))
            .Should().OnlyContain(method => method.DeclaringType == typeof(ValueType));
    }

    [Theory]
    [MemberData(nameof(TestCases.StoragesWithoutLog), MemberType = typeof(TestCases))]
    public async Task F8_NoLogAndNoExceptionShowsBytes(StoreStorage storage)
    {
        var thrown = new List<Exception>();
        var log = await RunThroughEverythingAsync(storage, thrown);

        thrown.Select(error => error.GetType()).Distinct().Should().HaveCountGreaterThanOrEqualTo(storage == StoreStorage.None ? 6 : 8);
        foreach (var error in thrown)
        {
            for (var part = error; part is not null; part = part.InnerException)
            {
                AssertSilent(part.Message, error.GetType().Name);
                AssertSilent(part.ToString(), error.GetType().Name);
            }
        }

        log.Should().NotBeEmpty();
        foreach (var entry in log)
        {
            AssertSilent(entry.Message, $"log {entry.Id}");
            AssertSilent(entry.Exception?.ToString() ?? string.Empty, $"exception of log {entry.Id}");
            foreach (var (name, value) in entry.Arguments)
            {
                AssertSilent($"{name} {value}", $"argument {name} of log {entry.Id}");
                (value is byte[] or ReadOnlyMemory<byte> or Memory<byte>).Should().BeFalse("a log carries no bytes");
            }
        }
    }

    [Fact]
    public void F8_TheCheckItselfFindsBytesInAnyShape()
    {
        string[] leaks =
        [
            KeyText, ValueText, Convert.ToHexString(Key), Convert.ToHexStringLower(Value), Convert.ToBase64String(Key),
            BitConverter.ToString(Value), string.Join(", ", Key), KeyText[..10],
        ];
        foreach (var leak in leaks)
        {
            Leaks($"before {leak} after").Should().BeTrue();
        }

        Leaks("Version 10 of a key of 19 bytes exists already.").Should().BeFalse();
    }

    private static async Task<IReadOnlyList<LogEntry>> RunThroughEverythingAsync(StoreStorage storage, List<Exception> thrown)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.Buffer.MaxKeyLength = MaxKey;
                o.Buffer.MaxValueLength = MaxValue;
                o.GarbageCollection.RetainVersions = 10;
                o.Flush.RetryDelay = TimeSpan.FromMilliseconds(1);
            },
            b => b.AddCommitListener(new ThrowingListener()).AddFlushListener(new ThrowingListener()));
        fixture.LosesCommits = true;
        var store = fixture.Store;
        var batch = new WriteBatch().Set(Key, Value).Set(Bytes.Of($"{KeyText}2"), Value);
        await store.CommitAsync(batch, 10).Guarded();
        await store.CommitAsync(batch, 100).Guarded();
        await fixture.FlushIfPersistentAsync();
        store.Evict(0);

        await CatchAsync(() => store.CommitAsync(batch, 100).AsTask());
        await CatchAsync(() => store.CommitAsync(new WriteBatch().Set(Bytes.Of(new string('x', MaxKey) + KeyText), Value), 110).AsTask());
        await CatchAsync(() => store.CommitAsync(new WriteBatch().Set(Key, Bytes.Of(new string('x', MaxValue) + ValueText)), 110).AsTask());
        await CatchAsync(() => store.CommitAsync(batch, 0).AsTask());
        await CatchAsync(() => store.CommitAsync(batch, 110, Durability.Buffered, new CancellationToken(true)).AsTask());
        await store.ReclaimAsync().Guarded();
        await CatchAsync(() => store.CommitAsync(batch, 50).AsTask());
        await CatchAsync(() => store.GetAsync(Key, 50).AsTask());
        await CatchAsync(() => store.GetManyAsync([Key], 50).AsTask());
        await CatchAsync(() => StoreTexts.ShowAllAsync(store.ScanAsync(KeyRange.Exactly(Key), ReadScope.AsOf(50))));
        var page = await store.ScanPageAsync(KeyRange.Prefix(Key), ReadScope.Latest, 1).Guarded();
        await CatchAsync(() => store.ScanPageAsync(KeyRange.From(Key), ReadScope.Latest, 1, continuation: page.Next).AsTask());
        await CatchAsync(() => store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, continuation: new PageToken(Key)).AsTask());
        using var snapshot = store.OpenSnapshot(CommitVersion.Latest, "owner");
        if (storage == StoreStorage.None)
        {
            await CatchAsync(() => store.CommitAsync(batch, 110, Durability.Durable).AsTask());
        }
        else
        {
            fixture.Tier.FailNextApplies(TierFailure.Transient, 1);
            using var cancellation = new CancellationTokenSource();
            var wait = store.CommitAsync(batch, 110, Durability.Durable, cancellation.Token).AsTask();
            await fixture.Clock.TimerStartedAsync(_ => true).Guarded();
            await cancellation.CancelAsync();
            await CatchAsync(() => wait);
            fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            await store.FlushAsync().Guarded();
            fixture.Tier.FailNextApplies(TierFailure.InDoubt, 1);
            await CatchAsync(() => store.CommitAsync(batch, 120, Durability.Durable).AsTask());
            await CatchAsync(() => store.DisposeAsync().AsTask());
        }

        await store.DisposeAsync().AsTask().ContinueWith(_ => { }, TaskScheduler.Default).Guarded();
        await CatchAsync(() => store.GetAsync(Key, CommitVersion.Latest).AsTask());
        await CatchAsync(() => snapshot.GetAsync(Key).AsTask());
        return fixture.Log.Entries;

        async Task CatchAsync(Func<Task> act) => thrown.Add(await Assert.ThrowsAnyAsync<Exception>(() => act().Guarded()));
    }

    private static void AssertSilent(string text, string where) => Leaks(text).Should().BeFalse($"{where} says: {text}");

    private static bool Leaks(string text)
    {
        // Half of each secret is enough to recognize it, cut so that every encoding of it is the beginning of the whole one's.
        foreach (var secret in (string[])[KeyText[..9], ValueText[..9]])
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            string[] shapes =
            [
                secret,
                Convert.ToHexString(bytes),
                Convert.ToBase64String(bytes),
                BitConverter.ToString(bytes),
                string.Join(", ", bytes),
                string.Join(',', bytes),
                string.Join(' ', bytes),
            ];
            if (shapes.Any(shape => text.Contains(shape, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The types a public type shows through its properties and fields, and what those consist of.</summary>
    private static IEnumerable<Type> Parts(Type type)
        => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.PropertyType)
            .Concat(type.GetFields(BindingFlags.Public | BindingFlags.Instance).Select(field => field.FieldType))
            .SelectMany(part => (Type[])[part, .. part.GetGenericArguments(), .. part.HasElementType ? (Type[])[part.GetElementType()!] : []]);

    private sealed class ThrowingListener : ICommitListener, IFlushListener
    {
        public void OnPublished(PublishedCommit commit) => throw new InvalidTimeZoneException("An exception of the host.");

        public void OnFlush(FlushEvent flushEvent) => throw new InvalidTimeZoneException("An exception of the host.");
    }
}
