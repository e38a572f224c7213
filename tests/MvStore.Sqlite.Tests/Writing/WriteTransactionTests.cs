using Microsoft.Data.Sqlite;
using MvStore.Sqlite.Connections;
using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

public sealed class WriteTransactionTests : IAsyncLifetime
{
    private const int LongLog = 400_000;
    private const int VeryLongLog = 6_000_000;

    // The longest that anything is waited for: far longer than it takes.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public enum Other
    {
        Write,
        BetweenWrites,
        Disposal,
    }

    private readonly SqliteLocation _location = new();
    private Connection _connection = null!;
    private WriteTransaction _transaction = null!;
    private int _checkpoints;
    private readonly List<Action> _deferred = [];

    public async Task InitializeAsync()
    {
        await (await _location.OpenAsync()).DisposeAsync();
        _connection = Connection.Open(_location.Path, TimeSpan.Zero);
        _transaction = new WriteTransaction(_connection, _location.Path, long.MaxValue);
    }

    public async Task DisposeAsync()
    {
        _transaction.Dispose();
        _connection.Dispose();
        await _location.DisposeAsync();
    }

    [Fact]
    public void F2_WhatTheBodyDidIsCommitted()
    {
        Raise(5);
        Mark().Should().Be("5");
    }

    [Fact]
    public void F2_WhatAFailingBodyDidIsRolledBack()
    {
        FluentActions.Invoking(() => _transaction.Run<bool>("testing", () =>
        {
            _connection.Execute("UPDATE meta SET durable_sequence = 5");
            throw new OperationCanceledException();
        })).Should().Throw<OperationCanceledException>();
        Mark().Should().Be("0");
        Raise(6);
        Mark().Should().Be("6");
    }

    [Theory]
    [InlineData(5, TierFailure.Transient)]
    [InlineData(13, TierFailure.Transient)]
    [InlineData(10, TierFailure.Fatal)]
    public void D4_AFailureThatLeavesNothingDoesNotStopWriting(int code, TierFailure expected)
    {
        Fail(code).Should().Be(expected);
        Raise(7);
        Mark().Should().Be("7");
    }

    [Fact]
    public void D4_DamageStopsWritingForGood()
    {
        Fail(11).Should().Be(TierFailure.Damaged);
        FluentActions.Invoking(() => Raise(8)).Should().Throw<PersistentTierException>()
            .Where(e => e.Failure == TierFailure.Damaged && e.InnerException is PersistentTierException);
        Mark().Should().Be("0");
    }

    [Fact]
    public void D4_AWriteIsDurableAlthoughItsCheckpointFailedAndTheNextOneTriesAgain()
    {
        using var transaction = WithCheckpoints(new SqliteException("planned", 5), null, null, null);
        Raise(transaction, 5);
        Mark().Should().Be("5");
        _checkpoints.Should().Be(1);

        Raise(transaction, 6);
        Mark().Should().Be("6");
        _checkpoints.Should().Be(3, "the one that had failed came before the write, and its own behind it");

        Raise(transaction, 7);
        _checkpoints.Should().Be(4, "nothing is left of the one that had failed");
    }

    [Fact]
    public void D4_ACheckpointThatFailsAgainFailsTheNextWriteBeforeItChangesAnything()
    {
        using var transaction = WithCheckpoints(new SqliteException("planned", 5), new SqliteException("planned again", 13), null, null);
        Raise(transaction, 5);

        FluentActions.Invoking(() => Raise(transaction, 6)).Should().Throw<PersistentTierException>().Where(e => e.Failure == TierFailure.Transient);
        Mark().Should().Be("5");
        _checkpoints.Should().Be(2);

        Raise(transaction, 7);
        Mark().Should().Be("7");
        _checkpoints.Should().Be(4);
    }

    [Fact]
    public void D4_AnIOErrorOfACheckpointStopsWritingForGood()
    {
        using var transaction = WithCheckpoints(new SqliteException("planned", 10, 10 | (4 << 8)));
        Raise(transaction, 5);
        Mark().Should().Be("5");

        for (var attempt = 0; attempt < 2; attempt++)
        {
            FluentActions.Invoking(() => Raise(transaction, 6)).Should().Throw<PersistentTierException>().Where(e => e.Failure == TierFailure.InDoubt);
        }

        Mark().Should().Be("5");
        _checkpoints.Should().Be(1, "what a second one would say could not be believed");
    }

    [Fact]
    public void F6_ACheckpointThatLeftSomethingIsMadeAgainByTheNextWrite()
    {
        using var transaction = new WriteTransaction(_connection, _location.Path, LongLog, () => new(++_checkpoints > 1, 0));
        Fill(transaction, LongLog);
        _checkpoints.Should().Be(1);
        Raise(transaction, 5);
        _checkpoints.Should().Be(2, "something was left");
        Raise(transaction, 6);
        _checkpoints.Should().Be(2, "all of it was copied, and one small write is no long log");
    }

    [Fact]
    public void A10_ALongLogIsCopiedBehindTheCallerAndOnce()
    {
        using var transaction = WithDeferred();
        Fill(transaction, VeryLongLog);
        _checkpoints.Should().Be(0, "the write is durable, and its caller need not wait");
        _deferred.Should().ContainSingle();

        _deferred[0]();
        _checkpoints.Should().Be(1);
        _deferred[0]();
        Raise(transaction, 5);
        _checkpoints.Should().Be(1, "nothing is left to do");
    }

    [Fact]
    public void F6_TheNextWriteCopiesALongLogIfNobodyDidBefore()
    {
        using var transaction = WithDeferred();
        Fill(transaction, VeryLongLog);
        Raise(transaction, 5);
        _checkpoints.Should().Be(1, "else the log would grow on");
        _deferred[0]();
        _checkpoints.Should().Be(1);
        _deferred.Should().ContainSingle();
    }

    [Theory]
    [InlineData(5, TierFailure.Transient, 1)]
    [InlineData(13, TierFailure.Transient, 1)]
    [InlineData(10, TierFailure.InDoubt, 0)]
    public void D4_ADeferredCheckpointThatFailsIsToldToTheNextWriteBeforeItChangesAnything(int code, TierFailure expected, int more)
    {
        using var transaction = WithDeferred(new SqliteException("planned", code), new SqliteException("planned again", code));
        Fill(transaction, VeryLongLog);
        _deferred[0]();
        FluentActions.Invoking(() => Raise(transaction, 5)).Should().Throw<PersistentTierException>().Where(e => e.Failure == expected);
        Mark().Should().Be("0");
        _checkpoints.Should().Be(1 + more);
        _deferred[0]();
        _checkpoints.Should().Be(1 + more, "it is the next write's matter now");
    }

    [Theory]
    [InlineData(5, TierFailure.Transient)]
    [InlineData(10, TierFailure.InDoubt)]
    public void D4_ACheckpointThatFailsInTheNextWriteFailsIt(int code, TierFailure expected)
    {
        using var transaction = WithDeferred(new SqliteException("planned", code));
        Fill(transaction, VeryLongLog);
        FluentActions.Invoking(() => Raise(transaction, 5)).Should().Throw<PersistentTierException>().Where(e => e.Failure == expected);
        Mark().Should().Be("0");
        _deferred[0]();
        _checkpoints.Should().Be(expected == TierFailure.InDoubt ? 1 : 2, "after a failed sync nothing is tried again");
    }

    [Fact]
    public void D9_ADeferredCheckpointDoesNothingOnceTheConnectionIsGivenUp()
    {
        var transaction = WithDeferred();
        Fill(transaction, VeryLongLog);
        transaction.Dispose();
        _deferred[0]();
        _checkpoints.Should().Be(0);
    }

    [Theory]
    [InlineData(Other.Write)]
    [InlineData(Other.BetweenWrites)]
    [InlineData(Other.Disposal)]
    public void A10_NothingRunsBesideADeferredCheckpoint(Other other)
    {
        using var copies = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        var isCopying = false;
        var sawCopying = false;
        var transaction = new WriteTransaction(_connection, _location.Path, LongLog, Copy, _deferred.Add);
        Fill(transaction, VeryLongLog);
        var behind = Begin(_deferred[0]);
        copies.Wait(Limit).Should().BeTrue();

        var beside = Begin(() => Do(transaction, other, () => sawCopying |= Volatile.Read(ref isCopying)));
        WaitUntilHeld(beside);
        beside.IsAlive.Should().BeTrue("it waits for its turn");
        goesOn.Set();
        behind.Join(Limit).Should().BeTrue();
        beside.Join(Limit).Should().BeTrue();

        sawCopying.Should().BeFalse();
        _checkpoints.Should().Be(1);
        if (other != Other.Disposal)
        {
            transaction.Dispose();
        }

        CheckpointResult Copy()
        {
            Volatile.Write(ref isCopying, true);
            _checkpoints++;
            copies.Set();
            goesOn.Wait(Limit);
            Volatile.Write(ref isCopying, false);
            return new CheckpointResult(IsComplete: true, FramesLeft: 0);
        }
    }

    [Fact]
    public void A10_ADeferredCheckpointWaitsForWhatIsDoneBetweenWrites()
    {
        using var transaction = WithDeferred();
        Fill(transaction, VeryLongLog);
        var behind = transaction.RunBetweenWrites(() =>
        {
            var waiting = Begin(_deferred[0]);
            WaitUntilHeld(waiting);
            _checkpoints.Should().Be(0, "the connection is one call's at a time");
            return waiting;
        });

        behind.Join(Limit).Should().BeTrue();
        _checkpoints.Should().Be(1);
    }

    private static void Do(WriteTransaction transaction, Other other, Action within)
    {
        switch (other)
        {
            case Other.Write:
                transaction.Run("testing", () => Done(within));
                break;
            case Other.BetweenWrites:
                transaction.RunBetweenWrites(() => Done(within));
                break;
            default:
                transaction.Dispose();
                break;
        }
    }

    private static bool Done(Action work)
    {
        work();
        return true;
    }

    // Or has ended, as it should not have.
    private static void WaitUntilHeld(Thread thread)
        => SpinWait.SpinUntil(() => !thread.IsAlive || thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Limit).Should().BeTrue();

    private static Thread Begin(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Fill(WriteTransaction transaction, int bytes)
        => transaction.Run("testing", () =>
        {
            _connection.Execute($"INSERT INTO history VALUES (x'61', 1, 1, zeroblob({bytes}), 0)");
            return true;
        });

    private WriteTransaction WithCheckpoints(params SqliteException?[] outcomes)
        => new(_connection, _location.Path, checkpointBytes: 0, () => outcomes[_checkpoints++] is { } failure ? throw failure : new(IsComplete: true, FramesLeft: 0));

    private WriteTransaction WithDeferred(params SqliteException?[] outcomes)
        => new(_connection, _location.Path, LongLog, () => _checkpoints++ < outcomes.Length && outcomes[_checkpoints - 1] is { } failure ? throw failure : new(IsComplete: true, FramesLeft: 0), _deferred.Add);

    private string Mark() => _connection.Query("SELECT durable_sequence FROM meta");

    private void Raise(int mark) => Raise(_transaction, mark);

    private void Raise(WriteTransaction transaction, int mark)
        => transaction.Run("testing", () =>
        {
            _connection.Execute($"UPDATE meta SET durable_sequence = {mark}");
            return true;
        });

    private TierFailure Fail(int code)
        => FluentActions.Invoking(() => _transaction.Run<bool>("testing", () =>
        {
            _connection.Execute("UPDATE meta SET durable_sequence = 99");
            throw new SqliteException("planned", code);
        })).Should().Throw<PersistentTierException>().Which.Failure;
}
