namespace MvStore.Reliability;

/// <summary>A test of the long mode only: it needs more time or memory than there is at each change.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Effort.IsLong ? null : "Only with MVSTORE_RELIABILITY=long.";
}
