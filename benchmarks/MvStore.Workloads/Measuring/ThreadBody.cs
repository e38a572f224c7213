namespace MvStore.Workloads.Measuring;

/// <summary>What one thread of a measurement does, block by block. Made, run and disposed on its own thread.</summary>
public abstract class ThreadBody : IDisposable
{
    /// <summary>Whether this body has done all it had to, so that the run ends for all.</summary>
    public virtual bool IsDone => false;

    /// <summary>Does some operations.</summary>
    /// <returns>How many.</returns>
    public abstract long RunBlock();

    /// <summary>Releases what the thread held.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
