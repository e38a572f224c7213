using Microsoft.Data.Sqlite;
using MvStore.Sqlite.Connections;
using MvStore.Sqlite.Reading;

namespace MvStore.Sqlite.Tests.Connections;

public sealed class ReaderPoolTests : IAsyncLifetime
{
    private readonly SqliteLocation _location = new();

    public async Task InitializeAsync() => await (await _location.OpenAsync()).DisposeAsync();

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Fact]
    public async Task WaitersAreServedInTheirOrder()
    {
        var pool = PoolOf(1);
        var first = await pool.RentAsync(default);
        var waiting = Enumerable.Range(0, 3).Select(_ => pool.RentAsync(default).AsTask()).ToArray();
        foreach (var waiter in waiting)
        {
            waiter.IsCompleted.Should().BeFalse();
            pool.Return(first);
            (await waiter.WaitAsync(TimeSpan.FromMinutes(4))).Should().BeSameAs(first);
        }

        pool.Return(first);
        await pool.CloseAsync();
    }

    [Fact]
    public async Task NoMoreConnectionsAreOpenedThanMayBe()
    {
        var pool = PoolOf(3);
        var readers = new List<Reader>();
        for (var i = 0; i < 3; i++)
        {
            readers.Add(await pool.RentAsync(default));
        }

        readers.Should().OnlyHaveUniqueItems();
        var waiting = pool.RentAsync(default).AsTask();
        waiting.IsCompleted.Should().BeFalse();
        pool.Return(readers[1]);
        (await waiting.WaitAsync(TimeSpan.FromMinutes(4))).Should().BeSameAs(readers[1]);
        readers.ForEach(pool.Return);
        await pool.CloseAsync();
    }

    [Fact]
    public async Task AWaiterThatGaveUpIsPassedOver()
    {
        var pool = PoolOf(1);
        var reader = await pool.RentAsync(default);
        using var givingUp = new CancellationTokenSource();
        var gone = pool.RentAsync(givingUp.Token).AsTask();
        var next = pool.RentAsync(default).AsTask();
        await givingUp.CancelAsync();
        await gone.Awaiting(t => t).Should().ThrowAsync<OperationCanceledException>();
        pool.Return(reader);
        (await next.WaitAsync(TimeSpan.FromMinutes(4))).Should().BeSameAs(reader);
        pool.Return(reader);
        await pool.CloseAsync();
    }

    [Fact]
    public async Task D9_ClosingWaitsForReadersAndForThoseInLine()
    {
        var pool = PoolOf(1);
        var reader = await pool.RentAsync(default);
        var waiting = pool.RentAsync(default).AsTask();
        var closing = pool.CloseAsync();
        closing.IsCompleted.Should().BeFalse();
        await pool.Awaiting(p => p.RentAsync(default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        pool.Return(reader);
        pool.Return(await waiting.WaitAsync(TimeSpan.FromMinutes(4)));
        await closing.WaitAsync(TimeSpan.FromMinutes(4));
        await pool.Awaiting(p => p.RentAsync(default).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task AConnectionThatCannotBeOpenedLeavesItsPlaceToOthers()
    {
        var pool = PoolOf(1);
        var hidden = _location.Path + ".hidden";
        File.Move(_location.Path, hidden);
        await pool.Awaiting(p => p.RentAsync(default).AsTask()).Should().ThrowAsync<SqliteException>();
        File.Move(hidden, _location.Path);
        pool.Return(await pool.RentAsync(default));
        await pool.CloseAsync();
    }

    [Fact]
    public async Task WhoWaitsForAConnectionThatCannotBeOpenedIsNotForgotten()
    {
        // Many at once, so that some wait in line while another one fails to open the connection that they wait for.
        const int Callers = 8;
        const int Each = 100;
        var pool = PoolOf(1);
        var hidden = _location.Path + ".hidden";
        File.Move(_location.Path, hidden);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await pool.Awaiting(p => p.RentAsync(default).AsTask()).Should().ThrowAsync<SqliteException>();
            }
        }))).WaitAsync(TimeSpan.FromMinutes(4));
        File.Move(hidden, _location.Path);
        pool.Return(await pool.RentAsync(default));
        await pool.CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task D9_NobodyIsLeftInLineWhenAConnectionCannotBeOpenedAndThoseInLineGiveUpOrThePoolCloses(bool closes)
    {
        // Whoever is first in line may not want the place any more that the failure has left; then it is the next one's.
        const int Rounds = 300;
        const int Callers = 6;
        File.Move(_location.Path, _location.Path + ".hidden");
        for (var round = 0; round < Rounds; round++)
        {
            var pool = PoolOf(1);
            using var givingUp = new CancellationTokenSource();
            var asking = Enumerable.Range(0, Callers).Select(i => Task.Run(async () =>
            {
                try
                {
                    await pool.RentAsync(i % 2 == 0 && !closes ? givingUp.Token : default);
                    return "opened";
                }
                catch (Exception e) when (e is SqliteException or OperationCanceledException or ObjectDisposedException)
                {
                    return "ended";
                }
            })).ToArray();
            var ending = Task.Run(() => closes ? pool.CloseAsync() : givingUp.CancelAsync());
            (await Task.WhenAll(asking).WaitAsync(TimeSpan.FromMinutes(4))).Should().OnlyContain(end => end == "ended");
            await ending.WaitAsync(TimeSpan.FromMinutes(4));
            if (!closes)
            {
                await pool.CloseAsync().WaitAsync(TimeSpan.FromMinutes(4));
            }
        }

        File.Move(_location.Path + ".hidden", _location.Path);
    }

    [Fact]
    public async Task WhoGetsInLineAsTheConnectionIsPutBackIsNotForgotten()
    {
        const int Rounds = 30_000;
        var pool = PoolOf(1);
        pool.Return(await pool.RentAsync(default));
        for (var round = 0; round < Rounds; round++)
        {
            var reader = pool.TryRent()!;
            var asking = Task.Run(() => pool.RentAsync(default).AsTask());

            // Each round a little later, so that the one who asks meets every moment of it.
            for (var i = round % 1_024; i > 0; i--)
            {
                Thread.SpinWait(1);
            }

            pool.Return(reader);
            pool.Return(await asking.WaitAsync(TimeSpan.FromMinutes(4)));
        }

        await pool.CloseAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task NoWakeUpIsLostAndNoReaderIsSharedByTwo(int connections)
    {
        var pool = PoolOf(connections);
        var users = new System.Collections.Concurrent.ConcurrentDictionary<Reader, int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 5_000; i++)
            {
                using var impatient = new CancellationTokenSource();
                var rent = pool.RentAsync(impatient.Token);
                if (random.Next(10) == 0)
                {
                    await impatient.CancelAsync();
                }

                Reader reader;
                try
                {
                    reader = await rent;
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                users.AddOrUpdate(reader, 1, (_, n) => n + 1).Should().Be(1);
                users.AddOrUpdate(reader, 0, (_, n) => n - 1);
                pool.Return(reader);
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));
        users.Count.Should().BeLessThanOrEqualTo(connections);
        await pool.CloseAsync().WaitAsync(TimeSpan.FromMinutes(4));
    }

    private ReaderPool PoolOf(int connections) => new(_location.Path, new SqliteTierOptions(_location.Path) { MaxReadConnections = connections });
}
