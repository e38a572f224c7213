namespace MvStore.Reliability.Soak;

/// <summary>Something that must not grow.</summary>
/// <param name="Name">What.</param>
/// <param name="Found">What was measured.</param>
/// <param name="Limit">What is allowed.</param>
/// <param name="IsKept">Whether it is; null where the soak was too short to tell.</param>
internal sealed record SoakBound(string Name, string Found, string Limit, bool? IsKept)
{
    public override string ToString() => $"{Name}: {Found}, allowed: {Limit}";
}
