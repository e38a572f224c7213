using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The buffer as readers see it, with a point around each read.</summary>
internal sealed class SteppedBuffer(IBufferReader inner, Stepper stepper) : IBufferReader
{
    public BufferedRead Find(ReadOnlySpan<byte> key, TierView view)
    {
        stepper.Point("before memory");
        var found = inner.Find(key, view);
        stepper.Point("after memory");
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
        public ReadOnlyMemory<byte> Key => inner.Key;

        public bool MoveNext()
        {
            stepper.Point("before next key");
            return inner.MoveNext();
        }

        public BufferedRead Read(TierView view)
        {
            stepper.Point("before chain");
            return inner.Read(view);
        }

        public bool ReadHistory(TierView view, int most, List<TierRow> into)
        {
            stepper.Point("before history");
            return inner.ReadHistory(view, most, into);
        }
    }
}
