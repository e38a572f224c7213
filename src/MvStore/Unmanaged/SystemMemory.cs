namespace MvStore.Unmanaged;

/// <summary>Where a heap gets its memory from, and gives it back to. Any thread at any time.</summary>
internal abstract unsafe class SystemMemory
{
    /// <summary>Addresses at or above this one are not used: pointers are kept in words together with other bits.</summary>
    public const ulong AddressLimit = 1UL << 47;

    /// <summary>The memory of this operating system.</summary>
    public static SystemMemory OfThisSystem { get; } = Choose();

    /// <summary>What the sizes of <see cref="TryTake"/> are multiples of.</summary>
    public static nuint Unit { get; } = (nuint)Environment.SystemPageSize;

    /// <summary>Takes memory. Its content is undefined.</summary>
    /// <param name="size">Bytes, a multiple of <see cref="Unit"/>.</param>
    /// <param name="alignment">A power of two, at least <see cref="Unit"/>.</param>
    /// <returns>The memory, or null when there is no more.</returns>
    /// <exception cref="PlatformNotSupportedException">The system has only addresses at or above <see cref="AddressLimit"/>.</exception>
    public byte* TryTake(nuint size, nuint alignment)
    {
        var memory = Map(size, alignment);
        if ((ulong)memory + size <= AddressLimit)
        {
            return memory;
        }

        TryGiveBack(memory, size);
        throw new PlatformNotSupportedException(
            "The operating system hands out memory at addresses of 2^47 and above, which the store cannot use. Run it with a 47-bit address space.");
    }

    /// <summary>Gives memory back.</summary>
    /// <param name="memory">What <see cref="TryTake"/> returned.</param>
    /// <param name="size">The size it was taken with.</param>
    /// <returns>Whether it is gone. If not, the system refused: it still belongs to the caller, with undefined content.</returns>
    public abstract bool TryGiveBack(byte* memory, nuint size);

    /// <summary>Asks for large pages behind some memory. A wish, no more.</summary>
    public virtual void WishForLargePages(byte* memory, nuint size)
    {
    }

    /// <summary>
    /// Has the system put memory behind addresses of <see cref="TryTake"/> that nobody uses yet, so that their first use does not wait for it. Where the system has a
    /// call for that, the runtime's collector does not wait for this thread meanwhile, as it would for one that stands at a first touch.
    /// </summary>
    /// <param name="memory">A multiple of <see cref="Unit"/>.</param>
    /// <param name="size">Bytes, a multiple of <see cref="Unit"/>.</param>
    public virtual void Populate(byte* memory, nuint size)
    {
        for (nuint offset = 0; offset < size; offset += Unit)
        {
            Volatile.Write(ref memory[offset], 0);
        }
    }

    /// <summary>Takes memory at any address.</summary>
    /// <returns>The memory, or null.</returns>
    protected abstract byte* Map(nuint size, nuint alignment);

    private static SystemMemory Choose()
    {
        if (!Environment.Is64BitProcess)
        {
            throw new PlatformNotSupportedException("The store needs a 64-bit process.");
        }

        if (OperatingSystem.IsWindows())
        {
            return new WindowsMemory();
        }

        var isUnix = OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() || OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD();
        return isUnix ? new UnixMemory() : new PlainMemory();
    }
}
