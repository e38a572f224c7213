using MvStore.Contracts;

namespace MvStore;

/// <summary>A lease with the pin that keeps what it sees, and the limit it ends at, which is not the pin's own: the note has to forget the lease first (I29).</summary>
internal sealed record StoreLease(LeaseInfo Info, OpenPin Pin, AgeLimit Limit);
