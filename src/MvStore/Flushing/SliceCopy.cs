namespace MvStore.Flushing;

/// <summary>
/// A slice whose rows are copied and sorted, or were. That reads published entries that are not durable, which nobody takes out of memory (I5), and nothing else; so it may be done beside the write of
/// the slice before. Belongs to the flusher.
/// </summary>
/// <param name="slice">The slice.</param>
/// <param name="reach">Up to which publication slices may be taken (I14).</param>
/// <param name="rows">Its rows. Who takes them disposes them.</param>
internal sealed class SliceCopy(FlushSlice slice, ulong reach, Task<SliceRows> rows)
{
    /// <summary>The slice.</summary>
    public FlushSlice Slice => slice;

    /// <summary>Up to which publication slices may be taken.</summary>
    public ulong Reach => reach;

    /// <summary>Its rows, once they are copied. Who takes them disposes them.</summary>
    public Task<SliceRows> Rows => rows;

    /// <summary>Copies at once.</summary>
    public static SliceCopy Make(FlushSlice slice, ulong reach) => new(slice, reach, Task.FromResult(slice.CopyRows()));

    /// <summary>Begins to copy on another thread.</summary>
    public static SliceCopy Begin(FlushSlice slice, ulong reach) => new(slice, reach, Task.Run(slice.CopyRows));

    /// <summary>Waits until nothing is read any more, and gives the copies back. Nobody needs them: what is wrong with them is of no interest.</summary>
    public async Task DropAsync()
    {
        await ((Task)rows).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (rows.IsCompletedSuccessfully)
        {
            (await rows.ConfigureAwait(false)).Dispose();
        }
    }
}
