using LightningDB;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Lightning;

/// <summary>
/// Reads from LMDB with a transaction and a cursor that are renewed for each read and reset behind it: a transaction left open would
/// keep the writer from using freed pages again.
/// </summary>
internal sealed class LightningReader : IRangeReader, IVersionWalker
{
    private readonly LightningTransaction _transaction;
    private readonly LightningCursor _cursor;

    public LightningReader(LightningEnvironment environment, LightningDatabase database)
    {
        _transaction = environment.BeginTransaction(TransactionBeginFlags.ReadOnly);
        _cursor = _transaction.CreateCursor(database);
        _transaction.Reset();
    }

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        Renew();
        Span<byte> from = stackalloc byte[InvertedKey.Length];
        InvertedKey.Write(from, key, at);
        var isFound = _cursor.SetRange(from) == MDBResultCode.Success;
        value = default;
        if (isFound)
        {
            var (_, found, bytes) = _cursor.GetCurrent();
            isFound = InvertedKey.KeyOf(found.AsSpan()).SequenceEqual(key);
            value = isFound ? ValueDigest.Of(bytes.AsSpan()) : default;
        }

        _transaction.Reset();
        return isFound;
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        Renew();
        var rows = new LightningRows(_cursor, request.From, request.IsReverse);
        VersionScan.Read(ref rows, request, ref fold);

        _transaction.Reset();
    }

    public long Walk(ReadOnlySpan<byte> key, out ulong versions)
    {
        Renew();
        var rows = new LightningRows(_cursor, key.ToArray(), isReverse: false);
        var count = VersionScan.Walk(ref rows, key, out versions);
        _transaction.Reset();
        return count;
    }

    public void Dispose()
    {
        _cursor.Dispose();
        _transaction.Dispose();
    }

    private void Renew()
    {
        _transaction.Renew().ThrowOnError();
        _cursor.Renew().ThrowOnError();
    }
}
