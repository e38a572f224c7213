namespace MvStore;

/// <summary>Between which positions changes can be read.</summary>
/// <param name="Oldest">The first position behind which every change is still kept. It rises as reclamation goes on, unless changes are held.</param>
/// <param name="Newest">Behind the newest commit.</param>
/// <param name="Durable">Behind the last commit that is on disk with all before it: the newest position that no crash can undo. Without a persistent tier before the first commit.</param>
public sealed record ChangeBounds(ChangePosition Oldest, ChangePosition Newest, ChangePosition Durable);
