using LightningDB;
using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Lightning;

/// <summary>LMDB's cursor over all versions.</summary>
internal struct LightningRows(LightningCursor cursor, byte[]? from, bool isReverse) : IVersionCursor
{
    private (MDBResultCode Code, MDBValue Key, MDBValue Value) _row;
    private bool _isStarted;

    public readonly ReadOnlySpan<byte> Key => InvertedKey.KeyOf(_row.Key.AsSpan());

    public readonly ulong Version => InvertedKey.VersionOf(_row.Key.AsSpan());

    public readonly ReadOnlySpan<byte> Value => _row.Value.AsSpan();

    public bool MoveNext()
    {
        if (_isStarted)
        {
            _row = isReverse ? cursor.Previous() : cursor.Next();
        }
        else
        {
            _isStarted = true;
            _row = First();
        }

        return _row.Code == MDBResultCode.Success;
    }

    private readonly (MDBResultCode Code, MDBValue Key, MDBValue Value) First()
    {
        if (from is null)
        {
            return isReverse ? cursor.Last() : cursor.First();
        }

        Span<byte> key = stackalloc byte[InvertedKey.Length];
        InvertedKey.Write(key, from, IWorkloadReader.Latest);
        return cursor.SetRange(key) == MDBResultCode.Success ? cursor.GetCurrent() : (MDBResultCode.NotFound, default, default);
    }
}
