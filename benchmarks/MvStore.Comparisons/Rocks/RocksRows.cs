using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Engines;
using RocksDbSharp;

namespace MvStore.Comparisons.Rocks;

/// <summary>RocksDB's iterator over all versions.</summary>
internal struct RocksRows(Iterator iterator, byte[]? from, bool isReverse) : IVersionCursor
{
    private bool _isStarted;

    public readonly ReadOnlySpan<byte> Key => InvertedKey.KeyOf(iterator.GetKeySpan());

    public readonly ulong Version => InvertedKey.VersionOf(iterator.GetKeySpan());

    public readonly ReadOnlySpan<byte> Value => iterator.GetValueSpan();

    public bool MoveNext()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Start();
        }
        else if (isReverse)
        {
            iterator.Prev();
        }
        else
        {
            iterator.Next();
        }

        return iterator.Valid();
    }

    private readonly void Start()
    {
        if (from is null)
        {
            _ = isReverse ? iterator.SeekToLast() : iterator.SeekToFirst();
            return;
        }

        Span<byte> key = stackalloc byte[InvertedKey.Length];
        InvertedKey.Write(key, from, IWorkloadReader.Latest);
        iterator.Seek(key);
    }
}
