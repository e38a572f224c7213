namespace MvStore.Contracts;

/// <summary>The buffer, seen from readers. Any thread; takes no lock and never waits (contract B11).</summary>
internal interface IBufferReader
{
    /// <summary>The best entry of a key in memory.</summary>
    BufferedRead Find(ReadOnlySpan<byte> key, TierView view);

    /// <summary>A cursor over the keys that are in memory at this moment.</summary>
    IBufferCursor Seek(KeyRange range, ScanDirection direction);
}
