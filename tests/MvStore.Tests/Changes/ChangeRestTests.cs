using Microsoft.Extensions.Time.Testing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>When a consumer who has nothing left to tell lets a moment pass.</summary>
public sealed class ChangeRestTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ChangeRest _rest;

    public ChangeRestTests() => _rest = new ChangeRest(_clock);

    [Fact]
    public void WhoIsToldOfCommitsOneByOneDoesNotRest()
    {
        for (var commit = 0; commit < 100; commit++)
        {
            _rest.NoteWoken();
            _rest.NoteTold(1);
            _rest.IsDue.Should().BeFalse();
            _clock.Advance(TimeSpan.FromMicroseconds(100));
        }
    }

    [Fact]
    public async Task WhoWasToldOfManyCommitsSinceHeWasWokenRestsOnce()
    {
        _rest.NoteWoken();
        _rest.NoteTold(15);
        _rest.IsDue.Should().BeFalse();
        _rest.NoteTold(1);
        _rest.IsDue.Should().BeTrue();
        var resting = _rest.RunAsync(CancellationToken.None);
        resting.IsCompleted.Should().BeFalse();
        _rest.IsDue.Should().BeFalse("there is nothing new yet");
        _clock.Advance(ChangeRest.Length);
        await resting.Guarded();

        _rest.NoteTold(64);
        _rest.IsDue.Should().BeTrue();
        _rest.NoteWoken();
        _rest.IsDue.Should().BeFalse("it was told before");
    }

    [Fact]
    public async Task WhoIsWokenOftenWithinAMomentRests()
    {
        for (var wake = 0; wake < 15; wake++)
        {
            _rest.NoteWoken();
            _rest.IsDue.Should().BeFalse();
        }

        _rest.NoteWoken();
        _rest.IsDue.Should().BeTrue();
        var resting = _rest.RunAsync(CancellationToken.None);
        _rest.IsDue.Should().BeFalse();
        _clock.Advance(ChangeRest.Length);
        await resting.Guarded();
        _rest.NoteWoken();
        _rest.IsDue.Should().BeFalse("that moment is over");
    }

    [Fact]
    public void ARestIsAMillisecond()
        => ChangeRest.Length.Should().Be(TimeSpan.FromMilliseconds(1), "so much later is told at most, and the ring holds what is committed meanwhile");

    [Fact]
    public void EveryMomentCountsItsOwnWakes()
    {
        for (var moment = 0; moment < 3; moment++)
        {
            for (var wake = 1; wake <= 16; wake++)
            {
                _rest.NoteWoken();
                _rest.IsDue.Should().Be(wake == 16);
            }

            _clock.Advance(5 * ChangeRest.Length);
            _rest.IsDue.Should().BeFalse();
        }
    }

    [Fact]
    public async Task ARestEndsWhenNobodyWantsToBeToldAnyMore()
    {
        using var end = new CancellationTokenSource();
        var resting = _rest.RunAsync(end.Token);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resting.Guarded());
    }
}
