using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>The memory of this system, with a limit, and counted: what was not given back is known at the end.</summary>
internal sealed unsafe class CountedMemory(long limit = long.MaxValue) : SystemMemory
{
    private readonly Dictionary<nint, nuint> _taken = [];
    private long _populated;

    public long Limit { get; set; } = limit;

    public bool RefusesToTakeBack { get; set; }

    /// <summary>Bytes that memory was put behind, on whichever thread.</summary>
    public long Populated => Interlocked.Read(ref _populated);

    public long Taken
    {
        get
        {
            lock (_taken)
            {
                return _taken.Values.Sum(size => (long)size);
            }
        }
    }

    public override bool TryGiveBack(byte* memory, nuint size)
    {
        lock (_taken)
        {
            _taken.Should().ContainKey((nint)memory);
            _taken[(nint)memory].Should().Be(size);
            if (RefusesToTakeBack)
            {
                return false;
            }

            _taken.Remove((nint)memory);
        }

        return OfThisSystem.TryGiveBack(memory, size);
    }

    public override void Populate(byte* memory, nuint size)
    {
        OfThisSystem.Populate(memory, size);
        Interlocked.Add(ref _populated, (long)size);
    }

    protected override byte* Map(nuint size, nuint alignment)
    {
        if (Taken + (long)size > Limit)
        {
            return null;
        }

        var memory = OfThisSystem.TryTake(size, alignment);
        ((nuint)memory % alignment).Should().Be(0);
        lock (_taken)
        {
            _taken.Add((nint)memory, size);
        }

        return memory;
    }
}
