using MvStore.Remote;

namespace MvStore.Conformance.Tests;

/// <summary>Notes over a network on which a write may arrive long after its sender gave it up.</summary>
public sealed class RemoteNoteTests
{
    private readonly RemoteServer _server = new(new TierCapabilities());
    private readonly RemoteNetwork _network;

    public RemoteNoteTests() => _network = new RemoteNetwork(_server, new HastyTime());

    [Theory]
    [InlineData(new byte[] { 2 }, "02")]
    [InlineData(new byte[0], "")]
    public async Task F2_ANoteThatArrivesLateDoesNotUndoTheOneSetAfterIt(byte[] second, string expected)
    {
        await using (var tier = await OpenAsync())
        {
            await SetLateAsync(tier, [1]);
            await tier.Tier.SetNoteAsync("a", second, default);
            _network.DeliverLate();
        }

        await using var next = await OpenAsync();
        Convert.ToHexString(next.State.Notes.GetValueOrDefault("a").Span).Should().Be(expected);
    }

    [Fact]
    public async Task F2_ANoteOfAnEarlierOwnerThatArrivesLateHasNoEffect()
    {
        await using (var tier = await OpenAsync())
        {
            await tier.Tier.SetNoteAsync("a", new byte[] { 1 }, default);
            await SetLateAsync(tier, [2]);
        }

        await using (var second = await OpenAsync())
        {
            // Its first write has a lower number than the late one.
            await second.Tier.SetNoteAsync("a", new byte[] { 3 }, default);
            _network.DeliverLate();
        }

        await using var next = await OpenAsync();
        next.State.Notes["a"].ToArray().Should().Equal(3);
    }

    private async Task SetLateAsync(Opened tier, byte[] content)
    {
        _network.PlanWrites(RemoteFault.Late);
        (await tier.Tier.Awaiting(t => t.SetNoteAsync("a", content, default).AsTask()).Should().ThrowAsync<PersistentTierException>())
            .Which.Failure.Should().Be(TierFailure.InDoubt);
    }

    private async Task<Opened> OpenAsync()
    {
        var tier = new RemoteTier(_network);
        return new Opened(tier, await tier.OpenAsync(default));
    }

    private sealed record Opened(RemoteTier Tier, TierState State) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Tier.DisposeAsync();
    }
}
