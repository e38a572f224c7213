using System.Buffers.Binary;
using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>
/// Threads that change one table while others read it and another one frees what was retired. Two segments hold everything, so they grow and shrink all the
/// time. Bounded by numbers of operations.
/// </summary>
public sealed unsafe class RecordTableStressTests : IDisposable
{
    private const int Writers = 2;
    private const int Readers = 2;
    private const int Steady = 60;
    private const int Burst = 300;
    private const int Bursts = 200;
    private const ulong Stamp = 0x9E37_79B9_7F4A_7C15;
    private const int KeyLength = 16;

    private readonly NativeHeap _heap = new();
    private readonly RecordTable _table;

    // Records that stay, by number. Never changes once it is filled.
    private readonly nint[] _permanent = new nint[Steady];

    // How many writers are at work. Changed with Interlocked; the others acquire.
    private int _writing = Writers;

    public RecordTableStressTests()
    {
        _table = new RecordTable(_heap, Hash, TableSlot.TagBits);
        for (var number = 0; number < Steady; number++)
        {
            _permanent[number] = Add(Owner.Nobody, number);
        }
    }

    private enum Owner : byte
    {
        /// <summary>Never changed.</summary>
        Nobody,

        /// <summary>Always there, but replaced again and again. The writer's number is added.</summary>
        Replacing = 0x40,

        /// <summary>Coming and going. The writer's number is added.</summary>
        Changing = 0x80,
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Readers_find_all_that_stays_while_segments_are_rebuilt_and_freed(int seed)
    {
        var work = new List<Action> { Collect };
        for (var i = 0; i < Writers; i++)
        {
            var writer = i;
            for (var number = 0; number < Steady; number++)
            {
                Add(Owner.Replacing + (byte)writer, number);
            }

            work.Add(() => Write(new Random((seed * 100) + writer), writer));
        }

        for (var i = 0; i < Readers; i++)
        {
            var reader = i;
            work.Add(() => Read(new Random((seed * 100) + 50 + reader)));
        }

        var threads = work.Select(OnThread).ToArray();
        FluentActions.Invoking(() => Task.WaitAll(threads)).Should().NotThrow("seed {0}", seed);
        VerifyEnd();
    }

    public void Dispose() => _heap.Dispose();

    private static Task OnThread(Action action)
        => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>A good hash but for its segment: there are two of them.</summary>
    private static ulong Hash(ReadOnlySpan<byte> key) => KeyHash.Of(key) & 0x01FF_FFFF_FFFF_FFFF;

    private static void Key(Span<byte> key, Owner owner, int number)
    {
        key.Clear();
        key[0] = (byte)owner;
        BinaryPrimitives.WriteInt32LittleEndian(key[8..], number);
    }

    private static nuint Size => NativeRecord.HeaderSize + KeyLength + sizeof(ulong);

    /// <summary>What stands behind the key of a record, as long as it is not freed.</summary>
    private static ulong* StampOf(nint record) => (ulong*)((byte*)record + NativeRecord.HeaderSize + KeyLength);

    private nint Add(Owner owner, int number)
    {
        using var lease = _heap.Lease();
        var record = (NativeRecord*)lease.Allocate(Size);
        Span<byte> key = stackalloc byte[KeyLength];
        Key(key, owner, number);
        NativeRecord.Initialize(record, key, kind: 0, hasInlineEntry: false);
        *StampOf((nint)record) = Stamp * (ulong)(number + 1) * (ulong)(owner + 1);
        _table.Add(lease, Hash(key), record);
        return (nint)record;
    }

    private void Remove(nint record, bool expected)
    {
        using var lease = _heap.Lease();
        RecordTableHarness.MarkRemoved(record);
        if (_table.Remove(lease, Hash(NativeRecord.KeyOf((NativeRecord*)record)), (NativeRecord*)record) != expected)
        {
            Assert.Fail(expected ? "a record was gone" : "a record that was replaced was there");
        }

        lease.Retire((void*)record, Size);
    }

    private void Write(Random random, int writer)
    {
        try
        {
            var replacing = new nint[Steady];
            for (var number = 0; number < Steady; number++)
            {
                replacing[number] = Find(Owner.Replacing + (byte)writer, number);
            }

            var changing = new List<nint>();
            for (var burst = 0; burst < Bursts; burst++)
            {
                var size = random.Next(Burst);
                for (var number = 0; number < size; number++)
                {
                    changing.Add(Add(Owner.Changing + (byte)writer, number));
                    if (number % 4 == 0)
                    {
                        Replace(replacing, random.Next(Steady), writer);
                    }
                }

                // All of them, in an order of their own, or a part of them again and again.
                for (var i = 0; i < size; i++)
                {
                    var at = random.Next(changing.Count);
                    Remove(changing[at], expected: true);
                    changing[at] = changing[^1];
                    changing.RemoveAt(changing.Count - 1);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private void Replace(nint[] replacing, int number, int writer)
    {
        var old = replacing[number];
        RecordTableHarness.MarkRemoved(old);
        replacing[number] = Add(Owner.Replacing + (byte)writer, number);
        Remove(old, expected: false);
    }

    private void Read(Random random)
    {
        while (Volatile.Read(in _writing) > 0)
        {
            using var guard = EpochGuard.Enter();
            for (var i = 0; i < 50; i++)
            {
                var number = random.Next(Steady);
                var owner = Owner.Replacing + (byte)random.Next(Writers);
                if (Find(Owner.Nobody, number) != _permanent[number])
                {
                    Assert.Fail("a record that is never removed was not found");
                }

                if (Find(owner, number) == 0)
                {
                    Assert.Fail("a key was not found while its record was replaced");
                }

                Find(Owner.Changing + (byte)random.Next(Writers), random.Next(Burst));
            }
        }
    }

    private nint Find(Owner owner, int number)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        Key(key, owner, number);
        using var guard = EpochGuard.Enter();
        var record = (nint)_table.Find(Hash(key), key);
        if (record != 0 && *StampOf(record) != Stamp * (ulong)(number + 1) * (ulong)(owner + 1))
        {
            Assert.Fail("a record that is found was freed");
        }

        return record;
    }

    private void Collect()
    {
        while (Volatile.Read(in _writing) > 0)
        {
            _heap.Collect();
            Thread.Yield();
        }
    }

    private void VerifyEnd()
    {
        _table.CheckInvariants();
        _table.Count.Should().Be(Steady * (Writers + 1));
        foreach (var record in _table.Records().ToArray())
        {
            Remove(record, expected: true);
        }

        _table.Count.Should().Be(0);
        _table.UsedBytes.Should().Be(0);
        var moved = Epochs.Current + 4;
        while (Epochs.Current < moved)
        {
            _heap.Collect();
        }

        _heap.Collect();
        _heap.UsedBytes.Should().Be(0, "everything was retired once and freed");
    }
}
