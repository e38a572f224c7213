using MvStore.Committing;
using MvStore.Contracts;

namespace MvStore;

/// <summary>A hold of changes: what is told of it, when it ends, and what keeps the changes.</summary>
internal sealed record KeptChanges(ChangeHold Info, AgeLimit Limit, ChangeClaim Claim);
