using System.Threading.Channels;

namespace MvStore.Contracts;

/// <summary>Lets one caller in at a time, without blocking a thread: a channel that holds one token. Holds no resource to dispose.</summary>
internal sealed class AsyncGate
{
    private readonly Channel<bool> _token = Channel.CreateBounded<bool>(1);

    public AsyncGate() => _token.Writer.TryWrite(true);

    /// <summary>Waits to be let in.</summary>
    /// <returns>Dispose it to let the next one in.</returns>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _token.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new Passage(_token.Writer);
    }

    /// <summary>Enters if nobody is there. Never waits.</summary>
    /// <returns>Dispose it to let the next one in; null if somebody is there.</returns>
    public IDisposable? TryEnter() => _token.Reader.TryRead(out _) ? new Passage(_token.Writer) : null;

    private sealed class Passage(ChannelWriter<bool> token) : IDisposable
    {
        public void Dispose() => token.TryWrite(true);
    }
}
