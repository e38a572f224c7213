namespace MvStore.Workloads.Data;

/// <summary>Sums over rows that do not depend on their order.</summary>
/// <param name="Ids">Exclusive or of the ids.</param>
/// <param name="Versions">Sum of the versions.</param>
public readonly record struct RowSums(ulong Ids, ulong Versions)
{
    public RowSums With(ValueDigest value) => new(Ids ^ value.Id, Versions + value.Version);
}
