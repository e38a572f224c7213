namespace MvStore.Comparisons.Dictionary;

/// <summary>
/// The versions of a key, ascending. An array whose first slot holds the count; appending writes the slot, then the count (release);
/// all else replaces the array. Readers take no lock.
/// </summary>
internal sealed class VersionChain
{
    private const int FirstCapacity = 1;

    private Slot[] _slots = new Slot[FirstCapacity + 1]; // Written under this object's monitor (release); read by anyone (acquire).

    public void Add(ulong version, byte[] value)
    {
        lock (this)
        {
            var slots = _slots;
            var count = (int)slots[0].Version;
            var isNewest = count == 0 || slots[count].Version < version;
            if (isNewest && count + 1 < slots.Length)
            {
                slots[count + 1] = new Slot(version, value);
                Volatile.Write(ref slots[0].Version, (ulong)count + 1);
                return;
            }

            var at = IndexOfNewest(slots, count, version) + 1;
            var grown = new Slot[count + 1 < slots.Length ? slots.Length : (count * 2) + 1];
            Array.Copy(slots, grown, at);
            grown[at] = new Slot(version, value);
            Array.Copy(slots, at, grown, at + 1, count + 1 - at);
            grown[0].Version = (ulong)count + 1;
            Volatile.Write(ref _slots, grown);
        }
    }

    /// <summary>The value of the newest version at or below another.</summary>
    public byte[]? Find(ulong at)
    {
        var slots = Volatile.Read(ref _slots);
        var newest = IndexOfNewest(slots, (int)Volatile.Read(ref slots[0].Version), at);
        return newest == 0 ? null : slots[newest].Value;
    }

    /// <summary>Removes all versions but the newest.</summary>
    /// <returns>How many were removed.</returns>
    public int KeepNewest()
    {
        lock (this)
        {
            var slots = _slots;
            var count = (int)slots[0].Version;
            if (count < 2)
            {
                return 0;
            }

            var kept = new Slot[FirstCapacity + 1];
            kept[0].Version = 1;
            kept[1] = slots[count];
            Volatile.Write(ref _slots, kept);
            return count - 1;
        }
    }

    // The slot of the newest version at or below another, or 0.
    private static int IndexOfNewest(Slot[] slots, int count, ulong at)
    {
        if (count == 0 || slots[count].Version <= at)
        {
            return count;
        }

        var low = 1;
        var high = count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (slots[middle].Version > at)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low - 1;
    }

    private struct Slot(ulong version, byte[] value)
    {
        public ulong Version = version;
        public byte[] Value = value;
    }
}
