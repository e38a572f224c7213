using System.Buffers.Binary;
using CsCheck;
using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

public sealed class RecordTableTests
{
    private const string Good = "good";

    /// <summary>Hashes that keys could be unlucky enough to have. The key's first two bytes count.</summary>
    private static Dictionary<string, Func<ReadOnlySpan<byte>, ulong>> Hashes { get; } = new()
    {
        [Good] = KeyHash.Of,
        ["all the same"] = static _ => 0x1234_5678_9ABC_DEF0,
        ["all zero"] = static _ => 0,
        ["all ones"] = static _ => ulong.MaxValue,
        ["same segment"] = static key => KeyHash.Of(key) >> TableSlot.SegmentBits,
        ["same tag"] = static key => (KeyHash.Of(key) & 0xFF00_000F_FFFF_FFFF) | 0x0000_0BC0_0000_0000,
        ["tag zero"] = static key => KeyHash.Of(key) & 0xFF00_000F_FFFF_FFFF,
        ["four neighbours"] = static key => (KeyHash.Of(key) & 3) << 52,
        ["at the end"] = static key => 0x00FF_FFFF_FFFF_FFFF - (KeyHash.Of(key) & 1),
        ["in order"] = static key => Number(key) << 40,
    };

    public static TheoryData<string> HashNames => [.. Hashes.Keys];

    public static TheoryData<string, int> HashNamesAndHomeBits
    {
        get
        {
            // 1 bit: every segment but the smallest is rebuilt from the keys.
            var data = new TheoryData<string, int>();
            foreach (var name in Hashes.Keys)
            {
                data.Add(name, TableSlot.TagBits);
                data.Add(name, 1);
            }

            return data;
        }
    }

    private static Gen<byte[]> AnyKey { get; } = Gen.OneOf<byte[]>(
        Gen.OneOf<byte>(0, 1, 0xFF).Array[0, 5],
        Gen.Byte.Array[2, 3],
        Gen.Int[0, 40].Select(n => Wide(n)),
        Gen.Byte.Array[15, 20]);

    [Fact]
    public void An_empty_table_holds_nothing_and_takes_nothing()
    {
        using var harness = new RecordTableHarness();
        harness.Verify();
        harness.Find([]).Should().Be(0);
        harness.Remove([1]);
        harness.Table.Prefetch(0);
        harness.Table.PrefetchRecord(0);
        harness.Table.Count.Should().Be(0);
        harness.Table.UsedBytes.Should().Be(0);
        harness.Heap.UsedBytes.Should().Be(0);
    }

    [Fact]
    public void A_record_may_be_anywhere_below_the_border_of_addresses()
    {
        foreach (var address in new ulong[] { 0x10, 0x20, 0x7FFF_FFFF_FFF0, 0xFFFF_FFFF_FFF0, 0x5555_5555_5550 })
        {
            foreach (var hash in new ulong[] { 0, ulong.MaxValue, 0x00FF_FFF0_0000_0000, 0x0000_0010_0000_0000 })
            {
                SlotOf(address, hash).Should().Be((address, TableSlot.TagOf(hash)));
            }
        }

        static unsafe (ulong Address, ulong Tag) SlotOf(ulong address, ulong hash)
        {
            var slot = new TableSlot((NativeRecord*)address, TableSlot.TagOf(hash));
            return ((ulong)slot.Record, slot.Tag);
        }
    }

    [Fact]
    public void The_capacity_follows_the_number_of_records_with_room_between()
    {
        for (var records = 1UL; records < 100_000; records += 1 + (records / 50))
        {
            var capacity = TableSegment.CapacityFor(records);
            var limit = capacity / 8 * 5;
            limit.Should().BeGreaterThan(records + (records / 4), "many additions must pass before it is rebuilt again");
            (capacity == TableSegment.LeastCapacity || records >= capacity * 15 / 64).Should().BeTrue("{0} records in {1} slots", records, capacity);
            TableSegment.CapacityFor(limit + 1).Should().BeGreaterThan(capacity, "a full segment must grow");
        }
    }

    [Theory]
    [MemberData(nameof(HashNamesAndHomeBits))]
    public void Any_operations_agree_with_the_oracle(string hash, int homeBitsInTag)
        => Gen.Select(Gen.Int[0, 6], AnyKey).Array[0, 150].Sample(
            operations =>
            {
                using var harness = new RecordTableHarness(Hashes[hash], homeBitsInTag);
                foreach (var (what, key) in operations)
                {
                    switch (what)
                    {
                        case 0 or 1 or 2:
                            harness.Add(key);
                            break;
                        case 3 or 4:
                            harness.Remove(key);
                            break;
                        default:
                            harness.Replace(key);
                            break;
                    }

                    harness.Table.CheckInvariants();
                }

                harness.Verify();
            },
            iter: 60);

    [Theory]
    [MemberData(nameof(HashNamesAndHomeBits))]
    public void Growth_and_removal_down_to_nothing_leave_no_memory_behind(string hash, int homeBitsInTag)
    {
        using var harness = new RecordTableHarness(Hashes[hash], homeBitsInTag);
        var keys = Enumerable.Range(0, 250).Select(Wide).ToArray();
        var orders = new Func<byte[][]>[]
        {
            () => keys,
            () => [.. keys.Reverse()],
            () => [.. keys.Where((_, i) => i % 3 == 0), .. keys.Where((_, i) => i % 3 != 0)],
        };
        foreach (var order in orders)
        {
            Array.ForEach(order(), harness.Add);
            harness.Verify();
            Array.ForEach(order(), harness.Replace);
            harness.Verify();
            var step = 0;
            foreach (var key in order())
            {
                harness.Remove(key);
                if (++step % 37 == 0)
                {
                    harness.Verify();
                }
            }

            harness.Verify();
            harness.Table.UsedBytes.Should().Be(0);
            harness.VerifyMemory();
            harness.Heap.UsedBytes.Should().Be(0);
        }
    }

    [Fact]
    public void Turnover_at_a_steady_size_does_not_let_a_segment_grow()
    {
        using var harness = new RecordTableHarness(Hashes["same segment"]);
        for (var i = 0; i < 5000; i++)
        {
            harness.Add(Wide(i));
            if (i >= 40)
            {
                harness.Remove(Wide(i - 40));
            }
        }

        harness.Verify();
        harness.Table.UsedBytes.Should().BeLessThanOrEqualTo((long)NativeHeap.BlockSize((128 * sizeof(ulong)) + 64));
    }

    [Theory]
    [MemberData(nameof(HashNames))]
    public void Finding_many_agrees_with_finding_each(string hash)
    {
        using var harness = new RecordTableHarness(Hashes[hash]);
        for (var i = 0; i < 300; i += 2)
        {
            harness.Add(Wide(i));
        }

        for (var count = 0; count < 60; count++)
        {
            var keys = Enumerable.Range(count, count).Select(n => (ReadOnlyMemory<byte>)Wide(n * 3)).ToArray();
            var records = new nint[count + 1];
            records[count] = 7;
            using (EpochGuard.Enter())
            {
                harness.Table.FindMany([.. keys.Select(k => harness.Hash(k.Span))], keys, records);
            }

            records.Should().Equal([.. keys.Select(k => harness.Find(k.Span)), 7]);
        }
    }

    [Fact]
    public void An_old_segment_is_kept_as_long_as_someone_may_be_reading_it()
    {
        using var harness = new RecordTableHarness(Hashes["same segment"]);
        var changes = new Action[]
        {
            () => harness.Add(Wide(0)),
            () => Array.ForEach([.. Enumerable.Range(1, 99).Select(Wide)], harness.Add),
            () => Array.ForEach([.. Enumerable.Range(1, 99).Select(Wide)], harness.Remove),
            () => harness.Remove(Wide(0)),
        };
        foreach (var change in changes)
        {
            var inUse = harness.Table.UsedBytes;
            using (EpochGuard.Enter())
            {
                change();
                for (var i = 0; i < 5; i++)
                {
                    harness.Heap.Collect();
                }

                var kept = harness.Heap.UsedBytes - harness.ExpectedBytes();
                kept.Should().BeGreaterThanOrEqualTo(inUse, "the guard was entered while that segment was the one in use");
            }

            harness.VerifyMemory();
        }

        harness.Heap.UsedBytes.Should().Be(0);
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        using var harness = new RecordTableHarness();
        var keys = Enumerable.Range(0, 1000).Select(Wide).ToArray();
        Array.ForEach(keys[..500], harness.Add);
        harness.Find(keys[0]).Should().NotBe(0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = 0;
        foreach (var key in keys)
        {
            found += harness.Find(key) == 0 ? 0 : 1;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        found.Should().Be(500);
    }

    [Fact]
    public unsafe void The_checker_finds_what_is_broken()
    {
        using var harness = new RecordTableHarness(Hashes["all the same"]);
        for (var i = 0; i < 5; i++)
        {
            harness.Add(Wide(i));
        }

        harness.Table.CheckInvariants();
        var record = (NativeRecord*)harness.Find(Wide(3));
        ShortenKey(record, 1);
        harness.Invoking(h => h.Table.CheckInvariants()).Should().NotThrow("the hash does not depend on the key");
        ((byte*)record)[NativeRecord.HeaderSize + record->KeyLength] = 9;
        ShortenKey(record, -1);
        harness.Table.CheckInvariants();
        Wide(2).CopyTo(new Span<byte>((byte*)record + NativeRecord.HeaderSize, record->KeyLength));
        harness.Invoking(h => h.Table.CheckInvariants()).Should().Throw<InvalidOperationException>().WithMessage("*twice*");

        using var other = new RecordTableHarness();
        other.Add(Wide(1));
        ((byte*)other.Find(Wide(1)))[NativeRecord.HeaderSize]++;
        other.Invoking(h => h.Table.CheckInvariants()).Should().Throw<InvalidOperationException>();
    }

    /// <summary>A key of 16 bytes.</summary>
    private static byte[] Wide(int number)
    {
        var key = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(12), number);
        return key;
    }

    private static ulong Number(ReadOnlySpan<byte> key) => key.IsEmpty ? 0 : (ulong)(key[^1] + (key[key.Length / 2] << 4));

    /// <summary>Damages a record: the length of its key is behind the word of its chain.</summary>
    private static unsafe void ShortenKey(NativeRecord* record, int bytes) => ((int*)record)[2] -= bytes;
}
