using MvStore.Buffering;

namespace MvStore.Tests.Buffering;

/// <summary>An index beside the sorted dictionary it must agree with.</summary>
internal sealed class OrderedIndexHarness(int fanOut)
{
    public OrderedIndex<KeyOnlyRecord> Index { get; } = new(fanOut);

    public SortedDictionary<byte[], KeyOnlyRecord> Oracle { get; } = new(BytewiseComparer.Instance);

    public KeyOnlyRecord Add(byte[] key)
    {
        var record = Index.GetOrAdd(key, static k => new KeyOnlyRecord(k));
        if (Oracle.TryGetValue(key, out var present))
        {
            Same(record, present, "the record that was there is returned");
        }
        else
        {
            Same(Index.Find(key), record, "what was added is found");
            record.Key.Should().BeSameAs(key);
            Oracle.Add(key, record);
        }

        return record;
    }

    public void Remove(byte[] key)
    {
        Index.Remove(new KeyOnlyRecord(key)).Should().BeFalse("another record with the key is not in the index");
        if (Oracle.Remove(key, out var present))
        {
            Index.Remove(present).Should().BeTrue();
            Index.Remove(present).Should().BeFalse("it has been removed already");
        }

        Index.Find(key).Should().BeNull();
    }

    public void Verify()
    {
        Index.CheckInvariants();
        Index.Count.Should().Be(Oracle.Count);
        foreach (var (key, record) in Oracle)
        {
            Same(Index.Find(key), record, "what was added is found");
        }

        VerifyRange(KeyBounds.None);
    }

    public void VerifyRange(KeyBounds bounds) => VerifyRange(bounds.ToRange(), bounds.Holds, bounds.ToString());

    public void VerifyRange(KeyRange range, Func<byte[], bool> holds, string because)
    {
        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            VerifyCursor(Index.Seek(range, direction), Expected(holds, direction), $"{because}, {direction}");
        }
    }

    /// <summary>The rows whose keys a range holds, found by looking at every row.</summary>
    public List<KeyOnlyRecord> Expected(Func<byte[], bool> holds, ScanDirection direction)
    {
        var rows = Oracle.Where(row => holds(row.Key)).Select(row => row.Value).ToList();
        if (direction == ScanDirection.Reverse)
        {
            rows.Reverse();
        }

        return rows;
    }

    public static void VerifyCursor(IndexCursor<KeyOnlyRecord> cursor, List<KeyOnlyRecord> expected, string because)
    {
        var rows = new List<KeyOnlyRecord>();
        while (rows.Count <= expected.Count && cursor.MoveNext())
        {
            rows.Add(cursor.Current);
        }

        if (!rows.SequenceEqual(expected))
        {
            Assert.Fail($"{because}: {Text(rows)} instead of {Text(expected)}");
        }

        cursor.MoveNext().Should().BeFalse("a cursor at its end stays there");
    }

    private static string Text(List<KeyOnlyRecord> rows)
        => $"{rows.Count} rows [{string.Join(' ', rows.Take(20).Select(r => Convert.ToHexString(r.Key)))}]";

    private static void Same(KeyOnlyRecord? actual, KeyOnlyRecord expected, string because)
    {
        if (!ReferenceEquals(actual, expected))
        {
            Assert.Fail($"{because}: key {Convert.ToHexString(expected.Key)}");
        }
    }
}
