namespace MvStore.Workloads;

/// <summary>Versions in ascending order, one for each commit, from any thread.</summary>
public sealed class VersionClock(ulong last)
{
    private ulong _last = last;

    public ulong Next() => Interlocked.Increment(ref _last);

    /// <summary>Leaves versions out.</summary>
    public void Skip(ulong versions) => Interlocked.Add(ref _last, versions);
}
