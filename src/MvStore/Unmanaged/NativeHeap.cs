using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MvStore.Unmanaged;

/// <summary>
/// The unmanaged memory of one store. Blocks are 16-byte aligned and below 2^47. Allocate, free and retire through a <see cref="HeapLease"/>, which holds one
/// of the stripes; if the thread that holds one is preempted, the others take other stripes.
/// </summary>
internal sealed unsafe class NativeHeap : IDisposable
{
    private const int LeastStripes = 4;
    private const int StripeAlignment = 128;
    private const ulong LargestBlock = 1UL << 46;

    private readonly byte[] _storage; // Pinned; the stripes, and the page that stands for none. Lives as long as the heap, also when it is disposed.
    private readonly HeapStripe* _stripes;
    private readonly int _stripeMask;
    private readonly LargeBlocks _large;
    private readonly BlockChecks? _checks; // Null unless blocks are checked.

    private int _disposed; // 0 or 1. Interlocked exchange by whoever disposes; read by everyone, volatile.

    /// <summary>A heap on the memory of this operating system.</summary>
    public NativeHeap()
        : this(ChecksByDefault)
    {
    }

    /// <summary>A heap for tests.</summary>
    /// <param name="isChecked">Whether blocks are checked: what is freed is filled and not used again, and misuse is found and thrown.</param>
    /// <param name="memory">Where the memory comes from; by default the operating system.</param>
    internal NativeHeap(bool isChecked, SystemMemory? memory = null)
    {
        var system = memory ?? SystemMemory.OfThisSystem;
        Pool = new ChunkPool(system, worksAhead: memory is null && !isChecked);
        _large = new LargeBlocks(system);
        _checks = isChecked ? new BlockChecks(system) : null;

        var count = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2), LeastStripes, HeapStripe.Most);
        _stripeMask = count - 1;
        _storage = GC.AllocateArray<byte>((count * sizeof(HeapStripe)) + sizeof(HeapPage) + StripeAlignment, pinned: true);
        _stripes = (HeapStripe*)(((nuint)Unsafe.AsPointer(ref _storage[0]) + StripeAlignment - 1) & ~(nuint)(StripeAlignment - 1));
        var noPage = (HeapPage*)(_stripes + count);
        for (var i = 0; i < count; i++)
        {
            _stripes[i].Initialize(i, _stripes, count, noPage, isChecked);
        }
    }

    /// <summary>Whether heaps check their blocks unless told otherwise. For tests, which set it before the first store is opened.</summary>
    internal static bool ChecksByDefault { get; set; }

    /// <summary>The last resort, for a store that was never disposed.</summary>
    ~NativeHeap()
    {
        if (_stripes != null)
        {
            Epochs.ReleaseLater(ReleaseAll);
        }
    }

    /// <summary>
    /// Bytes handed out and not free again, rounded up to block sizes; retired blocks count until they are freed. Exact while nobody allocates or frees. Looks
    /// at every stripe.
    /// </summary>
    public long UsedBytes => Sum(retired: false);

    /// <summary>Bytes retired and not free yet, rounded up to block sizes.</summary>
    public long RetiredBytes => Sum(retired: true);

    /// <summary>Bytes handed out and neither free again nor retired.</summary>
    public long LiveBytes => UsedBytes - RetiredBytes;

    /// <summary>Bytes taken from the operating system and not given back.</summary>
    public long ReservedBytes => Pool.ReservedBytes + _large.ReservedBytes + (_checks?.ReservedBytes ?? 0);

    /// <summary>Where the stripes get their pages from.</summary>
    internal ChunkPool Pool { get; }

    /// <summary>The size a block of so many bytes really takes.</summary>
    public static nuint BlockSize(nuint size)
        => size <= SizeClasses.Largest ? (nuint)SizeClasses.SizeOf(SizeClasses.Of(size)) : LargeBlocks.BlockSize(size);

    /// <summary>Takes a lease. Dispose it soon, on the same thread; nothing may wait while it is held.</summary>
    /// <exception cref="ObjectDisposedException">The heap was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HeapLease Lease()
    {
        // Every second one, so that the one beside it is usually free.
        var stripe = _stripes + ((Thread.GetCurrentProcessorId() << 1) & _stripeMask);
        return new HeapLease(this, stripe->TryLease() ? stripe : TakeAnother(stripe));
    }

    /// <summary>Frees what no reader can reach any more, and gives back memory that is not needed. Leaves out stripes that are leased.</summary>
    public void Collect()
    {
        ForEachFree(static (heap, stripe) => Retirement.Close((HeapStripe*)stripe));
        Epochs.TryAdvance();
        Epochs.TryAdvance();
        ForEachFree(static (heap, stripe) => Retirement.Drain(heap, (HeapStripe*)stripe, int.MaxValue));
        ForEachFree(static (heap, stripe) =>
        {
            Retirement.DropSpare(heap, (HeapStripe*)stripe);
            HeapInbox.SortAll(heap.Pool, (HeapStripe*)stripe);
            ((HeapStripe*)stripe)->GiveBackEmptyPages(heap.Pool);
        });
        Pool.Trim();
        _large.Trim();
        _checks?.Verify();
    }

    /// <summary>
    /// Frees everything: at once if no thread is in an epoch that it entered before, otherwise as soon as the last such thread leaves; until then what readers
    /// reached stays as it is. Waits for leases to end; new ones are refused.
    /// </summary>
    /// <exception cref="InvalidOperationException">The thread holds a lease.</exception>
    public void Dispose()
    {
        for (var i = 0; i <= _stripeMask; i++)
        {
            if (Volatile.Read(ref _stripes[i].Taken) == Environment.CurrentManagedThreadId && Volatile.Read(ref _disposed) == 0)
            {
                throw new InvalidOperationException("The thread that disposes a heap holds a lease of it.");
            }
        }

        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        for (var i = 0; i <= _stripeMask; i++)
        {
            // For good: a later lease finds no stripe and then looks whether the heap is disposed.
            var wait = default(SpinWait);
            while (!_stripes[i].TryLease())
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        GC.SuppressFinalize(this);
        try
        {
            _checks?.Verify();
        }
        finally
        {
            Epochs.ReleaseLater(ReleaseAll);
        }
    }

    /// <summary>Takes a block when the current page of its class has none.</summary>
    internal byte* AllocateSlowly(HeapStripe* stripe, nuint size)
    {
        ArgumentOutOfRangeException.ThrowIfZero(size);
        var block = size > LargestBlock ? null
            : _checks is not null ? _checks.TryAllocate(size)
            : size > SizeClasses.Largest ? _large.TryAllocate(size)
            : stripe->TryTake(Pool, SizeClasses.Of(size));
        if (block == null)
        {
            ThrowOutOfMemory(size);
        }

        stripe->Used += (long)BlockSize(size);
        return block;
    }

    /// <summary>Frees a block at once.</summary>
    internal void Free(HeapStripe* stripe, byte* block, nuint size)
    {
        if (size - 1 < SizeClasses.Largest && !stripe->IsChecked)
        {
            var page = HeapPage.Of(block);
            if (size > (nuint)page->BlockSize)
            {
                throw new InvalidOperationException($"A block of {page->BlockSize} bytes was freed as one of {size} bytes.");
            }

            stripe->Used -= page->BlockSize;
            stripe->Return(Pool, page, block);
        }
        else
        {
            FreeSlowly(stripe, block, size, isRetired: false);
        }
    }

    /// <summary>Frees a block later.</summary>
    internal void Retire(HeapStripe* stripe, byte* block, nuint size)
    {
        _checks?.Retire(block, size);
        Retirement.Add(this, stripe, block, size);
    }

    /// <summary>Frees a block that was retired and that nobody can reach any more.</summary>
    internal void FreeRetired(HeapStripe* stripe, byte* block, nuint size)
    {
        if (stripe->IsChecked)
        {
            FreeSlowly(stripe, block, size, isRetired: true);
        }
        else
        {
            Free(stripe, block, size);
        }
    }

    [DoesNotReturn]
    private static void ThrowOutOfMemory(nuint size)
        => throw new InsufficientMemoryException($"The operating system has no memory for a block of {size} bytes.");

    private HeapStripe* TakeAnother(HeapStripe* stripe)
    {
        var wait = default(SpinWait);
        for (var i = (int)(stripe - _stripes) + 1; ; i++)
        {
            if (_stripes[i & _stripeMask].TryLease())
            {
                return _stripes + (i & _stripeMask);
            }

            if ((i & _stripeMask) == 0)
            {
                ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }
    }

    private void ForEachFree(Action<NativeHeap, nint> action)
    {
        for (var i = 0; i <= _stripeMask; i++)
        {
            if (_stripes[i].TryLease())
            {
                using var lease = new HeapLease(this, _stripes + i);
                action(this, (nint)(_stripes + i));
            }
        }
    }

    private void FreeSlowly(HeapStripe* stripe, byte* block, nuint size, bool isRetired)
    {
        if (_checks is not null)
        {
            _checks.Free(block, size, isRetired);
        }
        else
        {
            _large.Free(block, size);
        }

        stripe->Used -= (long)BlockSize(size);
    }

    private long Sum(bool retired)
    {
        var sum = 0L;
        for (var i = 0; i <= _stripeMask; i++)
        {
            sum += Volatile.Read(ref retired ? ref _stripes[i].Retired : ref _stripes[i].Used);
        }

        // A block that moves between two stripes while they are looked at may be subtracted and not added.
        return Math.Max(0, sum);
    }

    private void ReleaseAll()
    {
        Pool.ReleaseAll();
        _large.ReleaseAll();
        _checks?.ReleaseAll();
        for (var i = 0; i <= _stripeMask; i++)
        {
            Volatile.Write(ref _stripes[i].Used, 0);
            Volatile.Write(ref _stripes[i].Retired, 0);
        }
    }
}
