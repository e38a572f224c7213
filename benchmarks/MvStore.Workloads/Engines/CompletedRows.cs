namespace MvStore.Workloads.Engines;

/// <summary>An asynchronous stream of rows, enumerated on the thread that measures.</summary>
internal readonly struct CompletedRows(IAsyncEnumerable<VersionedRow> rows) : IDisposable
{
    private readonly IAsyncEnumerator<VersionedRow> _rows = rows.GetAsyncEnumerator();

    public VersionedRow Current => _rows.Current;

    public bool MoveNext() => Completion.Of(_rows.MoveNextAsync());

    public void Dispose() => Completion.Of(_rows.DisposeAsync());
}
