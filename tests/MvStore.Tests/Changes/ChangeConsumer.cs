using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>A consumer of a random run: reads now and then, keeps its place, and may hold what it has not read.</summary>
internal sealed class ChangeConsumer(string name, bool holds, bool isDurableOnly)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private readonly ChangeReadOptions _options = new() { IncludeOldValues = true, DurableOnly = isDurableOnly, CatchUpBytes = isDurableOnly ? 1_000 : 1 << 20 };
    private ChangeStream? _stream;
    private ChangePosition _position = ChangePosition.Beginning;
    private ChangePosition _held = ChangePosition.Beginning;

    /// <summary>How many commits it got.</summary>
    public int Read { get; private set; }

    /// <summary>How often it had to begin anew, because it holds nothing.</summary>
    public int Refused { get; private set; }

    /// <summary>How often a crash undid what it had read.</summary>
    public int Undone { get; private set; }

    public async Task BeginAsync(IMultiVersionStore store)
    {
        if (holds)
        {
            await store.HoldChangesAsync(name, ChangePosition.Beginning, Week).Guarded();
        }
    }

    /// <summary>Reads some of what there is.</summary>
    public async Task ReadAsync(IMultiVersionStore store, ReferenceChanges reference, int most)
    {
        foreach (var expected in reference.After(_position.Sequence).Take(most))
        {
            _stream ??= new ChangeStream(store, _position, _options);
            try
            {
                (await _stream.NextAsync()).Should().Be(expected);
            }
            catch (ChangesReclaimedException) when (!holds)
            {
                await LeaveAsync();
                Refused++;
                _position = (await store.GetChangeBoundsAsync().Guarded()).Oldest;
                return;
            }

            Read++;
            _position = _stream.Position;
        }
    }

    /// <summary>Says how far it has come.</summary>
    public async Task MoveHoldAsync(IMultiVersionStore store)
    {
        if (holds)
        {
            await store.HoldChangesAsync(name, _position, Week).Guarded();
            _held = _position;
        }
    }

    /// <summary>Leaves the feed.</summary>
    public async Task LeaveAsync()
    {
        await (_stream?.DisposeAsync() ?? ValueTask.CompletedTask);
        _stream = null;
    }

    /// <summary>Comes back after a crash: exactly those places are refused that were behind what was undone.</summary>
    public async Task ComeBackAsync(IMultiVersionStore store, ulong published)
    {
        if (_position.Sequence <= published)
        {
            return;
        }

        isDurableOnly.Should().BeFalse("what is durable is never undone");
        await using var refused = new ChangeStream(store, _position);
        await Assert.ThrowsAsync<UnknownChangePositionException>(() => refused.NextAsync());
        Undone++;
        _position = holds ? _held : (await store.GetChangeBoundsAsync().Guarded()).Oldest;
    }
}
