using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Tests.Interleavings;

/// <summary>The buffer as readers see it, with a point around each read.</summary>
internal sealed class SteppedBuffer(IBufferReader inner, Stepper stepper) : IBufferReader
{
    public bool IsWhole
    {
        get
        {
            stepper.Point("before whole");
            return inner.IsWhole;
        }
    }

    public EpochGuard Enter() => inner.Enter();

    public void Prefetch(ulong hash) => inner.Prefetch(hash);

    public BufferedRow Find(ReadOnlySpan<byte> key, ulong hash, TierView view)
    {
        stepper.Point("before memory");
        var found = inner.Find(key, hash, view);
        stepper.Point("after memory");
        return found;
    }

    public void FindMany(ReadOnlySpan<ReadOnlyMemory<byte>> keys, TierView view, Span<BufferedRow> rows)
    {
        // One by one: the reads of many keys are not one instant.
        for (var i = 0; i < keys.Length; i++)
        {
            rows[i] = Find(keys[i].Span, KeyHash.Of(keys[i].Span), view);
        }
    }

    public int FindVersions(ReadOnlySpan<byte> key, TierView view, Span<BufferedRow> newestFirst)
    {
        stepper.Point("before history");
        var found = inner.FindVersions(key, view, newestFirst);
        stepper.Point("after history");
        return found;
    }

    public IBufferCursor Seek(KeyRange range, ScanDirection direction)
    {
        stepper.Point("before seek");
        var cursor = inner.Seek(range, direction);
        stepper.Point("after seek");
        return new Cursor(cursor, stepper);
    }

    private sealed class Cursor(IBufferCursor inner, Stepper stepper) : IBufferCursor
    {
        public int Read(TierView view, Span<BufferedRow> rows)
        {
            // One key at a time, so that there is a point between any two.
            stepper.Point("before next key");
            var count = inner.Read(view, rows[..1]);
            stepper.Point("after next key");
            return count;
        }

        public void Suspend() => inner.Suspend();
    }
}
