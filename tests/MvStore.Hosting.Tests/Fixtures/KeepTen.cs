namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>Keeps ten versions of everything.</summary>
internal sealed class KeepTen : IGarbageCollectionStrategy
{
    public RetentionPlan Plan(RetentionPlan before) => new(new Retention(versions: 10), new Dictionary<EntryKind, Retention>());
}
