using System.Threading.Channels;

namespace MvStore.Tests.Fixtures;

/// <summary>Keeps the flush events it is told of until a test takes them.</summary>
public sealed class FlushRecorder : IFlushListener
{
    private readonly Channel<FlushEvent> _events = Channel.CreateUnbounded<FlushEvent>();

    /// <inheritdoc/>
    public void OnFlush(FlushEvent flushEvent) => _events.Writer.TryWrite(flushEvent);

    /// <summary>The next event, as soon as there is one.</summary>
    public async Task<FlushEvent> NextAsync() => await _events.Reader.ReadAsync();

    /// <summary>The next event of a stage; others are passed over.</summary>
    public async Task<FlushEvent> NextAsync(FlushStage stage)
    {
        while (true)
        {
            var next = await NextAsync();
            if (next.Stage == stage)
            {
                return next;
            }
        }
    }
}
