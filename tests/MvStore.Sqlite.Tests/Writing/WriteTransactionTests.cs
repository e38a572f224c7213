using Microsoft.Data.Sqlite;
using MvStore.Sqlite.Connections;
using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

public sealed class WriteTransactionTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();
    private Connection _connection = null!;
    private WriteTransaction _transaction = null!;

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

    private string Mark() => _connection.Query("SELECT durable_sequence FROM meta");

    private void Raise(int mark)
        => _transaction.Run("testing", () =>
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
