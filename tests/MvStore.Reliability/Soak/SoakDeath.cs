namespace MvStore.Reliability.Soak;

/// <summary>A life that ended by a kill.</summary>
/// <param name="Time">When, since the soak began.</param>
/// <param name="HasLog">Whether the store has a commit log.</param>
/// <param name="Life">How long the process lived.</param>
/// <param name="Opening">How long it took until its store answered; null if it did not live so long.</param>
/// <param name="Acknowledged">The last publication that was acknowledged as logged or durable; 0 for none.</param>
/// <param name="Told">The last one that was told at all; 0 for none.</param>
/// <param name="Found">The publications that were there afterwards; null where the next process was the first to look.</param>
/// <param name="Files">What the killed process left on disk.</param>
internal sealed record SoakDeath(TimeSpan Time, bool HasLog, TimeSpan Life, TimeSpan? Opening, ulong Acknowledged, ulong Told, ulong? Found, SoakFiles Files);
