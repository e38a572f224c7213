namespace MvStore.Buffering;

/// <summary>Checks one segment of a table at rest against the rules of <see cref="RecordTable"/>.</summary>
internal static unsafe class TableInvariants
{
    /// <summary>Throws <see cref="InvalidOperationException"/> when a rule is broken.</summary>
    /// <param name="table">The table, for asking it for each key.</param>
    /// <param name="index">Which segment.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="state">What is counted of it.</param>
    /// <param name="hash">What callers hash keys with.</param>
    public static void Check(RecordTable table, int index, TableSegment segment, in SegmentState state, Func<ReadOnlySpan<byte>, ulong> hash)
    {
        if (!segment.Exists)
        {
            Require(state.Records == 0 && state.Used == 0, index, $"does not exist and counts {state.Records} records");
            return;
        }

        Require(((ulong)segment.Slots & 63) == 0 && segment.Capacity >= TableSegment.LeastCapacity, index, "has a wrong word");
        Require(state.Records > 0, index, "holds nothing and is still there");
        Require(state.Used <= segment.Limit, index, $"has {state.Used} of {segment.Capacity} slots in use");
        var records = 0UL;
        var used = 0UL;
        for (var position = 0UL; position < segment.Capacity; position++)
        {
            var slot = new TableSlot(segment.Slots[position]);
            used += slot.IsNeverUsed ? 0UL : 1;
            if (slot.HoldsRecord)
            {
                CheckRecord(table, index, segment, position, hash);
                records++;
            }
        }

        Require(records == state.Records, index, $"has {records} records and counts {state.Records}");
        Require(used == state.Used, index, $"has {used} slots in use and counts {state.Used}");
    }

    private static void CheckRecord(RecordTable table, int index, TableSegment segment, ulong position, Func<ReadOnlySpan<byte>, ulong> hash)
    {
        var slot = new TableSlot(segment.Slots[position]);
        var key = NativeRecord.KeyOf(slot.Record);
        var hashed = hash(key);
        Require(RecordTable.IndexOf(hashed) == index, index, $"holds a key of segment {RecordTable.IndexOf(hashed)}");
        Require(slot.HasTag(TableSlot.TagOf(hashed)), index, $"has a wrong tag in slot {position}");
        for (var number = segment.HomeOf(hashed); number != position / TableBucket.Count; number = (number + 1) & segment.Mask)
        {
            Require(segment.BucketAt(number).EqualTo(TableSlot.NeverUsed) == 0, index, $"has a hole in bucket {number} before slot {position}");
        }

        Require(table.Find(hashed, key) == slot.Record, index, $"holds the key of slot {position} twice");
    }

    private static void Require(bool condition, int index, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The record table is broken: segment {index} {message}.");
        }
    }
}
