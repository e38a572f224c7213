using System.Collections.Concurrent;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// The connections that read, opened when needed up to a limit, each used by one call at a time. Disposed when no call is left.
/// </summary>
internal sealed class ReaderPool(string path, SqliteTierOptions options) : IDisposable
{
    private readonly ConcurrentStack<Reader> _idle = new();                       // any thread
    private readonly SemaphoreSlim _free = new(options.MaxReadConnections); // one count for each connection idle or not yet opened

    /// <summary>Takes a reader; completes synchronously unless all are in use. Give it back.</summary>
    public async ValueTask<Reader> RentAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_idle.TryPop(out var reader))
        {
            return reader;
        }

        try
        {
            return Reader.Open(path, options);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    public void Return(Reader reader)
    {
        _idle.Push(reader);
        _free.Release();
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }

        _free.Dispose();
    }
}
