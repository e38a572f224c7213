namespace MvStore.Tests.Model;

/// <summary>
/// One operation of a run. Its arguments are drawn from its own seed and from what the run holds at that moment, so it still means
/// something when operations before it are left out: that is what makes a failing run shrinkable.
/// </summary>
internal readonly record struct ModelOperation(ModelOperationKind Kind, int Seed)
{
    private static readonly (ModelOperationKind Kind, int Weight)[] Weights =
    [
        (ModelOperationKind.Commit, 30),
        (ModelOperationKind.Get, 14),
        (ModelOperationKind.Contains, 3),
        (ModelOperationKind.GetMany, 6),
        (ModelOperationKind.GetPrevious, 10),
        (ModelOperationKind.WalkBack, 3),
        (ModelOperationKind.Scan, 10),
        (ModelOperationKind.BeginPages, 5),
        (ModelOperationKind.NextPage, 16),
        (ModelOperationKind.BeginStream, 3),
        (ModelOperationKind.AdvanceStream, 6),
        (ModelOperationKind.History, 6),
        (ModelOperationKind.OpenSnapshot, 5),
        (ModelOperationKind.CloseSnapshot, 2),
        (ModelOperationKind.Flush, 7),
        (ModelOperationKind.Evict, 6),
        (ModelOperationKind.Reclaim, 4),
        (ModelOperationKind.Reopen, 1),
        (ModelOperationKind.Inspect, 3),
        (ModelOperationKind.RollBack, 4),
    ];

    /// <summary>The operations of a seed.</summary>
    public static IReadOnlyList<ModelOperation> Generate(int seed, int count)
    {
        var random = new Random(~seed);
        var total = Weights.Sum(w => w.Weight);
        return [.. Enumerable.Range(0, count).Select(_ => new ModelOperation(Choose(random.Next(total)), random.Next()))];
    }

    private static ModelOperationKind Choose(int ticket)
    {
        foreach (var (kind, weight) in Weights)
        {
            ticket -= weight;
            if (ticket < 0)
            {
                return kind;
            }
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}
