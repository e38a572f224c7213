using MvStore.Sqlite.Connections;

namespace MvStore.Sqlite.Tests.Connections;

public sealed class CallGateTests
{
    private readonly CallGate _gate = new();

    [Fact]
    public void D9_AnEmptyGateClosesAtOnce() => _gate.CloseAsync().IsCompletedSuccessfully.Should().BeTrue();

    [Fact]
    public async Task D9_ClosingWaitsForEveryCallInside()
    {
        _gate.Enter(this);
        _gate.Enter(this);
        var closed = _gate.CloseAsync();
        _gate.Leave();
        closed.IsCompleted.Should().BeFalse();
        _gate.Leave();
        await closed;
    }

    [Fact]
    public void D9_AClosedGateLetsNobodyIn()
    {
        _gate.Enter(this);
        _ = _gate.CloseAsync();
        _gate.Invoking(g => g.Enter(this)).Should().Throw<ObjectDisposedException>();
        _gate.Leave();
        _gate.Invoking(g => g.Enter(this)).Should().Throw<ObjectDisposedException>();
    }
}
