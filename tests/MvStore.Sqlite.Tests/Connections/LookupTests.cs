using MvStore.Sqlite.Connections;
using MvStore.Sqlite.Reading;

namespace MvStore.Sqlite.Tests.Connections;

/// <summary>Reads of one key that wait for a connection are answered together (I71). Whoever gives the connection back does it, so nothing here depends on time.</summary>
public sealed class LookupTests : IAsyncLifetime
{
    private const int Keys = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly SqliteLocation _location = new();
    private SqliteTier _tier = null!;
    private ReaderPool _pool = null!;
    private PooledReads _reads = null!;
    private Reader _reader = null!;

    public async Task InitializeAsync()
    {
        _tier = await _location.OpenAsync();
        await _tier.ApplyAsync(new TierBatch(0, 1, 1, [.. Enumerable.Range(0, Keys).Select(i => Rows.Set(NameOf(i), 1, 1, "old"))]), default);
        _pool = new ReaderPool(_location.Path, new SqliteTierOptions(_location.Path) { MaxReadConnections = 1 });
        _reads = new PooledReads(_pool);
        _reader = await _pool.RentAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _pool.CloseAsync().WaitAsync(Limit);
        await _tier.DisposeAsync();
        await _location.DisposeAsync();
    }

    [Fact]
    public async Task I71_WhoWaitsIsAnsweredByWhoeverGivesTheConnectionBack()
    {
        var waiting = Enumerable.Range(0, LookupBatch.Most).Select(i => LookUp(NameOf(i))).ToArray();
        waiting.Should().OnlyContain(task => !task.IsCompleted);

        _pool.Return(_reader);

        // The connection is idle again although no waiter may have run yet.
        var reader = _pool.TryRent();
        reader.Should().NotBeNull("all were answered, so it was handed to nobody");
        _pool.Return(reader!);
        foreach (var (task, i) in waiting.Select((task, i) => (task, i)))
        {
            Rows.Texts(await task.WaitAsync(Limit)).Should().Equal(Rows.Texts([Rows.Set(NameOf(i), 1, 1, "old")]));
        }
    }

    [Fact]
    public async Task WhoGivesUpWhileHeIsAnsweredIsCancelledAndHisNeighboursAreAnswered()
    {
        await _tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set(NameOf(0), 2, 2, "new")]), default);
        using var cancellation = new CancellationTokenSource();
        var before = new TierView(1, 1);
        var lookups = new List<Lookup> { new(Rows.Key(NameOf(0)).ToArray(), before, cancellation.Token), new(Rows.Key(NameOf(0)).ToArray(), before, default) };

        // What his view sees is behind a newer entry, and whoever looks for it looks whether anybody wants it still.
        await cancellation.CancelAsync();
        LookupBatch.Run(_reader, lookups);
        _pool.Return(_reader);
        lookups[0].Task.IsCanceled.Should().BeTrue();
        Rows.Texts(lookups[1].Answer!).Should().Equal(Rows.Texts([Rows.Set(NameOf(0), 1, 1, "old")]));
    }

    [Fact]
    public async Task I71_AnAnswerHasWhatWasWrittenBeforeItWasAskedFor()
    {
        var before = LookUp(NameOf(0));
        await _tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set(NameOf(0), 2, 2, "new"), Rows.Set("later", 2, 2, "new")]), default);
        var after = LookUp(NameOf(0));
        var later = LookUp("later");
        var unknown = LookUp("unknown");

        _pool.Return(_reader);

        (await before.WaitAsync(Limit)).Should().ContainSingle();
        (await after.WaitAsync(Limit)).Should().ContainSingle().Which.Version.Should().Be(new CommitVersion(2));
        (await later.WaitAsync(Limit)).Should().ContainSingle();
        (await unknown.WaitAsync(Limit)).Should().BeEmpty();
    }

    [Fact]
    public async Task I71_EachLookupHasItsOwnView()
    {
        await _tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set(NameOf(0), 2, 2, "new")]), default);
        var newest = LookUp(NameOf(0));
        var old = LookUp(NameOf(0), new TierView(1, 2));
        var nothing = LookUp(NameOf(0), new TierView(2, 0));

        _pool.Return(_reader);

        (await newest.WaitAsync(Limit)).Should().ContainSingle().Which.Version.Should().Be(new CommitVersion(2));
        (await old.WaitAsync(Limit)).Should().ContainSingle().Which.Version.Should().Be(new CommitVersion(1));
        (await nothing.WaitAsync(Limit)).Should().BeEmpty();
    }

    [Fact]
    public async Task F3_ADamagedRowFailsItsOwnReaderOnly()
    {
        PlainSqlite.Run(_location.Path, $"UPDATE current SET value = x'00' WHERE key = CAST('{NameOf(1)}' AS BLOB)");
        var waiting = Enumerable.Range(0, 3).Select(i => LookUp(NameOf(i))).ToArray();

        _pool.Return(_reader);

        (await waiting[1].Awaiting(t => t.WaitAsync(Limit)).Should().ThrowAsync<PersistentTierException>()).Which.Failure.Should().Be(TierFailure.Damaged);
        (await waiting[0].WaitAsync(Limit)).Should().ContainSingle();
        (await waiting[2].WaitAsync(Limit)).Should().ContainSingle();
    }

    [Fact]
    public async Task WhoGivesUpInLineLeavesItsNeighboursAlone()
    {
        using var givingUp = new CancellationTokenSource();
        var first = LookUp(NameOf(0));
        var gone = LookUp(NameOf(1), token: givingUp.Token);
        var last = LookUp(NameOf(2));
        await givingUp.CancelAsync();
        (await gone.Awaiting(t => t.WaitAsync(Limit)).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(givingUp.Token);
        gone.IsCanceled.Should().BeTrue();

        _pool.Return(_reader);

        (await first.WaitAsync(Limit)).Should().ContainSingle();
        (await last.WaitAsync(Limit)).Should().ContainSingle();
    }

    [Fact]
    public async Task F6_NoTransactionIsLeftBehind()
    {
        var waiting = Enumerable.Range(0, 5).Select(i => LookUp(NameOf(i))).ToArray();
        _pool.Return(_reader);
        await Task.WhenAll(waiting).WaitAsync(Limit);

        await _tier.ApplyAsync(new TierBatch(1, 2, 2, [Rows.Set("k", 2, 2, "x")]), default);
        PlainSqlite.Query(_location.Path, "PRAGMA wal_checkpoint(TRUNCATE)").Should().Be("0", "nobody stands in the way");
    }

    [Fact]
    public async Task F6_NobodyIsToldWhileTheTransactionIsOpen()
    {
        // The first answer is there at once, the others take long: nothing of theirs can be seen, however many versions there are.
        const int Versions = 20_000;
        await _tier.ApplyAsync(new TierBatch(1, 2, Versions + 1, [.. Enumerable.Range(1, Versions).Select(i => Rows.Set("long", (ulong)i + 1, 2, "x"))]), default);
        var lookups = Enumerable.Range(0, LookupBatch.Most).Select(i => new Lookup([.. Rows.Key(i == 0 ? NameOf(0) : "long").Span], new TierView(CommitVersion.Latest, 1), default)).ToArray();
        foreach (var lookup in lookups)
        {
            _ = _pool.OpenOrWaitAsync(lookup, default).AsTask();
        }

        var told = Task.Run(() =>
        {
            SpinWait.SpinUntil(() => lookups[0].Task.IsCompleted);
            return PlainSqlite.Query(_location.Path, "PRAGMA wal_checkpoint(TRUNCATE)");
        });
        _pool.Return(_reader);

        (await told.WaitAsync(Limit)).Should().Be("0", "nobody stands in the way of a checkpoint any more");
        lookups[0].Answer.Should().ContainSingle();
        lookups[1..].Should().OnlyContain(lookup => lookup.Answer!.Count == 0);
    }

    [Fact]
    public async Task WhatFailsForAllIsToldToEach()
    {
        var waiting = Enumerable.Range(0, 3).Select(i => LookUp(NameOf(i))).ToArray();
        _reader.Begin(); // so that the transaction of the batch cannot begin
        _pool.Return(_reader);

        foreach (var task in waiting)
        {
            await task.Awaiting(t => t.WaitAsync(Limit)).Should().ThrowAsync<PersistentTierException>();
        }

        var reader = _pool.TryRent()!;
        reader.End();
        _pool.Return(reader);
        (await LookUp(NameOf(0)).WaitAsync(Limit)).Should().ContainSingle();
    }

    [Fact]
    public async Task ThoseBehindAnotherKindOfReadWaitForIt()
    {
        var first = LookUp(NameOf(0));
        var other = _pool.RentAsync(default).AsTask();
        var behind = LookUp(NameOf(1));

        _pool.Return(_reader);

        (await first.WaitAsync(Limit)).Should().ContainSingle();
        var reader = await other.WaitAsync(Limit);
        behind.IsCompleted.Should().BeFalse("the connection is in use");
        _pool.Return(reader);
        (await behind.WaitAsync(Limit)).Should().ContainSingle();
    }

    [Fact]
    public async Task MoreThanABatchAreAllAnswered()
    {
        var waiting = Enumerable.Range(0, 3 * LookupBatch.Most).Select(i => LookUp(NameOf(i % Keys))).ToArray();

        _pool.Return(_reader);

        (await Task.WhenAll(waiting).WaitAsync(Limit)).Should().OnlyContain(rows => rows.Count == 1);
    }

    [Fact]
    public async Task WhoGivesTheConnectionBackAnswersNoMoreThanABatchBeforeItIsHandedOn()
    {
        var view = Rows.Everything;
        var lookups = Enumerable.Range(0, LookupBatch.Most + 2).Select(i => new Lookup([.. Rows.Key(NameOf(i)).Span], view, default)).ToArray();
        var waiting = lookups.Select(lookup => _pool.OpenOrWaitAsync(lookup, default).AsTask()).ToArray();

        _pool.Return(_reader);

        lookups[..LookupBatch.Most].Should().OnlyContain(lookup => lookup.Answer != null);
        lookups[LookupBatch.Most..].Should().OnlyContain(lookup => lookup.Answer == null, "who holds the connection waits for others no longer than that");
        var reader = await waiting[LookupBatch.Most].WaitAsync(Limit);
        reader.Should().BeSameAs(_reader);
        waiting[^1].IsCompleted.Should().BeFalse();
        _pool.Return(reader!);
        lookups[^1].Answer.Should().ContainSingle();
    }

    [Fact]
    public async Task D9_ClosingAnswersThoseInLine()
    {
        var waiting = LookUp(NameOf(0));
        var closing = _pool.CloseAsync();
        await LookUp(NameOf(1)).Awaiting(t => t.WaitAsync(Limit)).Should().ThrowAsync<ObjectDisposedException>();

        _pool.Return(_reader);

        (await waiting.WaitAsync(Limit)).Should().ContainSingle();
        await closing.WaitAsync(Limit);
    }

    private static string NameOf(int key) => $"key{key:D4}";

    private Task<IReadOnlyList<TierRow>> LookUp(string key, TierView? view = null, CancellationToken token = default)
        => _reads.LookUpAsync(Rows.Keys(key), view ?? Rows.Everything, token).AsTask();
}
