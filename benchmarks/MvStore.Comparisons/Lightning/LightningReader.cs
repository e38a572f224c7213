using LightningDB;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Lightning;

/// <summary>Reads from LMDB with a transaction and a cursor that are renewed for each read.</summary>
internal sealed class LightningReader : IRangeReader, IVersionWalker
{
    private readonly LightningTransaction _transaction;
    private readonly LightningCursor _cursor;

    public LightningReader(LightningEnvironment environment, LightningDatabase database)
    {
        _transaction = environment.BeginTransaction(TransactionBeginFlags.ReadOnly);
        _cursor = _transaction.CreateCursor(database);
    }

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        Renew();
        Span<byte> from = stackalloc byte[InvertedKey.Length];
        InvertedKey.Write(from, key, at);
        value = default;
        if (_cursor.SetRange(from) != MDBResultCode.Success)
        {
            return false;
        }

        var (_, found, bytes) = _cursor.GetCurrent();
        if (!InvertedKey.KeyOf(found.AsSpan()).SequenceEqual(key))
        {
            return false;
        }

        value = ValueDigest.Of(bytes.AsSpan());
        return true;
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        Renew();
        var rows = new LightningRows(_cursor, request.From, request.IsReverse);
        if (request.IsReverse)
        {
            VersionScan.Reverse(ref rows, request.At, ref fold);
        }
        else
        {
            VersionScan.Forward(ref rows, request.At, ref fold);
        }
    }

    public long Walk(ReadOnlySpan<byte> key, out ulong versions)
    {
        Renew();
        var rows = new LightningRows(_cursor, key.ToArray(), isReverse: false);
        return VersionScan.Walk(ref rows, key, out versions);
    }

    public void Dispose()
    {
        _cursor.Dispose();
        _transaction.Dispose();
    }

    private void Renew()
    {
        _transaction.Reset();
        _transaction.Renew().ThrowOnError();
        _cursor.Renew().ThrowOnError();
    }
}
