namespace MvStore;

/// <summary>A claim to the changes behind a position, which stay until it is moved on, released or past its limit; see <see cref="IMultiVersionChanges.HoldChangesAsync"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="After">The position.</param>
/// <param name="ExpiresAt">When it ends if it is not renewed.</param>
public sealed record ChangeHold(string Name, ChangePosition After, DateTimeOffset ExpiresAt);
