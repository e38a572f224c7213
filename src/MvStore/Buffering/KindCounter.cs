using System.Numerics;

namespace MvStore.Buffering;

/// <summary>Versions and bytes in memory of one kind of keys. Any thread; spread over several places, so that committers on different processors do not meet.</summary>
internal sealed class KindCounter
{
    private const int CellLength = 16; // Two cache lines.

    private static readonly int Mask = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount), 8) - 1;

    // Owner: every writer, by interlocked additions. Readers acquire; a sum is of about one instant.
    private readonly long[] _cells = new long[(Mask + 1) * CellLength];

    // Owner: every writer; only ever becomes true. Release store; readers acquire.
    private bool _wasUsed;

    /// <summary>The figures now.</summary>
    public KindStatistics Current
    {
        get
        {
            long versions = 0, bytes = 0;
            for (var cell = 0; cell < _cells.Length; cell += CellLength)
            {
                versions += Volatile.Read(ref _cells[cell]);
                bytes += Volatile.Read(ref _cells[cell + 1]);
            }

            return new KindStatistics(versions, bytes);
        }
    }

    /// <summary>Whether anything was ever counted.</summary>
    public bool WasUsed => Volatile.Read(ref _wasUsed);

    /// <summary>Adds to the figures, or takes away.</summary>
    public void Add(long versions, long bytes)
    {
        if (!_wasUsed)
        {
            Volatile.Write(ref _wasUsed, true);
        }

        var cell = (Thread.GetCurrentProcessorId() & Mask) * CellLength;
        Interlocked.Add(ref _cells[cell], versions);
        Interlocked.Add(ref _cells[cell + 1], bytes);
    }
}
