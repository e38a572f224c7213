namespace MvStore.Buffering;

/// <summary>Checks the whole structure of a buffer at rest; for tests. Throws on the first thing that is wrong.</summary>
internal static class BufferInvariants
{
    /// <summary>Checks the index, every chain, and that the figures are the sum of what is there.</summary>
    /// <exception cref="InvalidOperationException">Something is wrong.</exception>
    public static void Check(VersionBuffer buffer)
    {
        buffer.Index.CheckInvariants();
        long versions = 0, bytes = 0;
        var cursor = buffer.Index.Seek(KeyRange.All, ScanDirection.Forward);
        while (cursor.MoveNext())
        {
            var record = cursor.Current;
            Require(!record.IsRemoved, "a removed record is in the index");
            bytes += record.AccountedBytes;
            var entries = record.Chain.Entries;
            for (var i = 0; i < entries.Length; i++)
            {
                Require(i == 0 || entries[i - 1].Version < entries[i].Version, "a chain does not ascend");
                Require(entries[i].Sequence > 0, "an entry has no sequence");
                bytes += entries[i].AccountedBytes;
            }

            versions += entries.Length;
        }

        Require(versions == buffer.Accounting.Versions, $"{versions} versions are there, {buffer.Accounting.Versions} are accounted for");
        Require(bytes == buffer.Accounting.Bytes, $"{bytes} bytes are there, {buffer.Accounting.Bytes} are accounted for");
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The buffer is damaged: {problem}.");
        }
    }
}
