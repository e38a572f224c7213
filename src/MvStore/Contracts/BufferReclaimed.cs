namespace MvStore.Contracts;

/// <summary>What a run of reclamation did in memory.</summary>
/// <param name="ScannedVersions">Entries looked at.</param>
/// <param name="ReclaimedVersions">Entries removed because nobody needs them.</param>
/// <param name="ReclaimedBytes">Bytes of their keys and values.</param>
/// <param name="IsComplete">Whether everything was done. Without memory a chain that is to be trimmed stays as it is.</param>
internal readonly record struct BufferReclaimed(long ScannedVersions, long ReclaimedVersions, long ReclaimedBytes, bool IsComplete);
