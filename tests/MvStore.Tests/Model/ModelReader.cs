namespace MvStore.Tests.Model;

/// <summary>
/// Who asks: the store at a version, or an open snapshot. The same question goes to the real thing by <see cref="Snapshot"/> or
/// <see cref="At"/>, and to the reference by <see cref="View"/>.
/// </summary>
/// <param name="Snapshot">The snapshot, or null for a read of the store itself.</param>
/// <param name="At">The version asked for.</param>
/// <param name="View">What can be seen.</param>
/// <param name="Floors">The floors that decide whether it may read: those at opening for a snapshot, those of now otherwise.</param>
internal sealed record ModelReader(ISnapshot? Snapshot, CommitVersion At, ReferenceView View, ReferenceFloors Floors)
{
    public override string ToString() => Snapshot is null ? $"at {At}" : $"in snapshot {Snapshot.Owner}";
}
