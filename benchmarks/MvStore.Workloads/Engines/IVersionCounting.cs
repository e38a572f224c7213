namespace MvStore.Workloads.Engines;

/// <summary>An engine that says how many versions it holds.</summary>
public interface IVersionCounting
{
    /// <summary>Versions in memory.</summary>
    long Versions { get; }
}
