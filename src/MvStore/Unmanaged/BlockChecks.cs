using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>
/// The blocks of a heap under test. Each has guard bytes behind it; a freed one is filled and not handed out again, so that whoever reads it finds no sense
/// and whoever writes to it is found out. Only when much has been freed, memory whose blocks are all free goes back to the operating system: after that an
/// access ends the process.
/// </summary>
internal sealed unsafe class BlockChecks(SystemMemory memory)
{
    /// <summary>What fresh blocks are filled with.</summary>
    public const byte Fresh = 0xCD;

    /// <summary>What freed blocks are filled with.</summary>
    public const byte Poison = 0xDD;

    private const byte Guard = 0xA5;
    private const nuint GuardSize = 32;
    private const long MostFreed = 128 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<nint, Block> _blocks = []; // Owner: _gate.
    private readonly LinkedList<Region> _regions = new(); // The last one has room. Owner: _gate.
    private long _freed; // Bytes in freed blocks that are still there. Owner: _gate.
    private long _reserved; // Owner: _gate; read by everyone, volatile.

    private enum State
    {
        Live,
        Retired,
        Freed,
    }

    /// <summary>Bytes taken from the operating system and not given back.</summary>
    public long ReservedBytes => Volatile.Read(ref _reserved);

    /// <summary>Takes a block.</summary>
    /// <returns>The block, or null when there is no memory.</returns>
    public byte* TryAllocate(nuint size)
    {
        lock (_gate)
        {
            var room = RoomFor(size);
            var region = _regions.Last?.Value;
            if (region is null || region.Size - region.Taken < room)
            {
                region = TryAddRegion(room);
                if (region is null)
                {
                    return null;
                }
            }

            var address = (byte*)region.Start + region.Taken;
            Unsafe.InitBlockUnaligned(address, Fresh, (uint)size);
            Unsafe.InitBlockUnaligned(address + size, Guard, (uint)(room - size));
            region.Taken += room;
            region.NotFreed++;
            region.Blocks.Add((nint)address);
            _blocks.Add((nint)address, new Block(region, size));
            return address;
        }
    }

    /// <summary>Takes down that a block is to be freed later.</summary>
    /// <exception cref="InvalidOperationException">It is no block that is in use, or the size is wrong, or something wrote behind it.</exception>
    public void Retire(byte* address, nuint size)
    {
        lock (_gate)
        {
            Require(address, size, State.Live).State = State.Retired;
        }
    }

    /// <summary>Frees a block.</summary>
    /// <exception cref="InvalidOperationException">It is no block that may be freed, or the size is wrong, or something wrote behind it.</exception>
    public void Free(byte* address, nuint size, bool isRetired)
    {
        lock (_gate)
        {
            var block = Require(address, size, isRetired ? State.Retired : State.Live);
            block.State = State.Freed;
            block.Region.NotFreed--;
            Unsafe.InitBlockUnaligned(address, Poison, (uint)size);
            _freed += (long)RoomFor(size);
            while (_freed > MostFreed && _regions.FirstOrDefault(r => r.NotFreed == 0 && r != _regions.Last!.Value) is { } oldest)
            {
                Drop(oldest);
            }
        }
    }

    /// <summary>Looks whether something wrote behind a block, or to one that was freed.</summary>
    /// <exception cref="InvalidOperationException">Something did.</exception>
    public void Verify()
    {
        lock (_gate)
        {
            foreach (var (address, block) in _blocks)
            {
                Verify((byte*)address, block);
            }
        }
    }

    /// <summary>Gives back everything.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
        {
            foreach (var region in _regions)
            {
                memory.TryGiveBack((byte*)region.Start, region.Size);
            }

            _regions.Clear();
            _blocks.Clear();
            _freed = 0;
            Volatile.Write(ref _reserved, 0);
        }
    }

    // A whole number of granules, with guard bytes behind the last byte.
    private static nuint RoomFor(nuint size) => (size + GuardSize + SizeClasses.Granule - 1) & ~(nuint)(SizeClasses.Granule - 1);

    private static void Verify(byte* address, Block block)
    {
        var behind = new ReadOnlySpan<byte>(address + block.Size, (int)(RoomFor(block.Size) - block.Size));
        if (behind.ContainsAnyExcept(Guard))
        {
            throw new InvalidOperationException($"Something wrote behind a block of {block.Size} bytes ({block.State}).");
        }

        if (block.State == State.Freed && new ReadOnlySpan<byte>(address, (int)block.Size).ContainsAnyExcept(Poison))
        {
            throw new InvalidOperationException($"Something wrote to a block of {block.Size} bytes after it was freed.");
        }
    }

    private Block Require(byte* address, nuint size, State state)
    {
        if (!_blocks.TryGetValue((nint)address, out var block))
        {
            throw new InvalidOperationException("A block was freed that this heap never handed out.");
        }

        if (block.State != state)
        {
            throw new InvalidOperationException($"A block of {block.Size} bytes was freed or retired again ({block.State}).");
        }

        if (block.Size != size)
        {
            throw new InvalidOperationException($"A block of {block.Size} bytes was freed or retired as one of {size} bytes.");
        }

        Verify(address, block);
        return block;
    }

    private Region? TryAddRegion(nuint room)
    {
        var size = Math.Max((nuint)HeapChunk.Size, (room + SystemMemory.Unit - 1) & ~(SystemMemory.Unit - 1));
        var start = memory.TryTake(size, HeapChunk.Size);
        if (start == null)
        {
            return null;
        }

        var region = new Region((nint)start, size);
        _regions.AddLast(region);
        Volatile.Write(ref _reserved, _reserved + (long)size);
        return region;
    }

    private void Drop(Region region)
    {
        foreach (var address in region.Blocks)
        {
            var block = _blocks[address];
            Verify((byte*)address, block);
            _blocks.Remove(address);
            _freed -= (long)RoomFor(block.Size);
        }

        _regions.Remove(region);
        memory.TryGiveBack((byte*)region.Start, region.Size);
        Volatile.Write(ref _reserved, _reserved - (long)region.Size);
    }

    private sealed class Block(Region region, nuint size)
    {
        public Region Region { get; } = region;

        public nuint Size { get; } = size;

        public State State { get; set; }
    }

    private sealed class Region(nint start, nuint size)
    {
        public nint Start { get; } = start;

        public nuint Size { get; } = size;

        public nuint Taken { get; set; }

        public int NotFreed { get; set; }

        public List<nint> Blocks { get; } = [];
    }
}
