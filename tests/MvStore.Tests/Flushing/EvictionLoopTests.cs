using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>Eviction beside the flusher (contract D5): nobody who asks for room is forgotten, nobody is told for nothing, and a failure is not swallowed.</summary>
public sealed class EvictionLoopTests : IEvictable, IPublicationSource, IReadMemory, IRoom, IDisposable
{
    private readonly FailureLatch _failure = new();
    private readonly LogCapture _log = new();
    private readonly EvictionLoop _loop;
    private readonly TaskCompletionSource _secondLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<int> _evict = _ => { };
    private long _used = 100;
    private int _looks;
    private int _measured;

    public EvictionLoopTests() => _loop = new EvictionLoop(_failure, _log);

    long IEvictable.AccountedBytes => _used;

    long IEvictable.UsedBytes => _used;

    long IReadMemory.HeldBytes => 0;

    Publication IPublicationSource.Current => new(1, 1, 1, 0);

    public void Dispose()
    {
        _loop.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task D5_WhoAsksWhileItEvictsIsNotForgotten()
    {
        _evict = look =>
        {
            if (look == 1)
            {
                _loop.Wake();
            }
        };
        Start();
        _loop.Wake();

        await _secondLook.Task.Guarded();
        await _loop.StopAsync().Guarded();
        _looks.Should().Be(2);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    public async Task D5_MemoryIsMeasuredAgainWheneverSomethingBecameFreeAndNeverForNothing(bool frees, int measured)
    {
        _evict = look =>
        {
            _used -= frees ? 10 : 0;
            if (look == 1)
            {
                _loop.Wake();
            }
        };
        Start();
        _loop.Wake();

        await _secondLook.Task.Guarded();
        await _loop.StopAsync().Guarded();
        _measured.Should().Be(measured);
        _failure.Cause.Should().BeNull();
    }

    [Fact]
    public async Task D4_AFailureStopsTheStoreAndWhoWaitsForRoomIsTold()
    {
        var planned = new InvalidOperationException("planned");
        _evict = _ => throw planned;
        Start();
        _loop.Wake();

        (await _log.EntryAsync(e => e.Id.Id == 1101).Guarded()).Exception.Should().BeSameAs(planned);
        await _loop.StopAsync().Guarded();
        _failure.Cause.Should().BeSameAs(planned);
        _measured.Should().Be(1, "who waits learns of the failure when it is measured again");
    }

    bool IRoom.IsShort(StallReason what) => true;

    long IRoom.WantedBytes(StallReason what) => what == StallReason.Memory ? 1 : 0;

    void IRoom.Remeasure() => _measured++;

    long IEvictable.Evict(long targetBytes, ulong durable, CommitVersion visible, CancellationToken cancellationToken)
    {
        var before = _used;
        _evict(++_looks);
        if (_looks == 2)
        {
            _secondLook.SetResult();
        }

        return before - _used;
    }

    private void Start() => _loop.Start(new BufferBudget(this, durability: null, this, this, waiting: null, budget: 1_000, limit: 1_000), this);
}
