namespace MvStore.Workloads.Engines;

/// <summary>An engine that says how much memory it holds.</summary>
public interface IMemoryAccounting
{
    long AccountedBytes { get; }
}
