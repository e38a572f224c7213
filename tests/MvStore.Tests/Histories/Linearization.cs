namespace MvStore.Tests.Histories;

/// <summary>
/// Looks for an order of calls in which each takes effect at one instant between its call and its return, and answers as a store that does one thing after the other. What a store holds
/// follows from which calls are done, not from their order, so sets of done calls are looked at once each (Wing and Gong's search, with memory).
/// </summary>
internal static class Linearization
{
    /// <summary>Whether there is such an order.</summary>
    /// <param name="operations">At most 30.</param>
    public static bool Exists(IReadOnlyList<SingleOperation> operations)
    {
        var seen = new HashSet<int>();
        var open = new Stack<int>([0]);
        while (open.TryPop(out var done))
        {
            if (done == (1 << operations.Count) - 1)
            {
                return true;
            }

            for (var i = 0; i < operations.Count; i++)
            {
                var next = done | (1 << i);
                if (next != done && MayBeNext(operations, done, i) && Answers(operations, done, operations[i]) && seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }

    // Nothing that had returned before it was called is still to be done.
    private static bool MayBeNext(IReadOnlyList<SingleOperation> operations, int done, int index)
        => !operations.Where((other, i) => (done & (1 << i)) == 0 && other.End < operations[index].Begin).Any();

    private static bool Answers(IReadOnlyList<SingleOperation> operations, int done, SingleOperation operation)
    {
        var commits = operations.Where((o, i) => (done & (1 << i)) != 0 && o.IsCommit && o.Succeeded);
        return operation.IsCommit
            ? operation.Succeeded != commits.Any(c => c.Version == operation.Version && c.Keys.Intersect(operation.Keys).Any())
            : operation.Found == commits.Where(c => c.Keys.Contains(operation.Keys[0]) && c.Version <= operation.Version).Select(c => c.Version).DefaultIfEmpty().Max();
    }
}
