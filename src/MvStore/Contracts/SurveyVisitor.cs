namespace MvStore.Contracts;

/// <summary>Is shown the entries of one key in one tier. Must be quick, must not wait, and must keep none of the memory.</summary>
/// <param name="key">The key.</param>
/// <param name="newestFirst">Its entries, at least one, descending by version.</param>
internal delegate void SurveyVisitor(ReadOnlySpan<byte> key, ReadOnlySpan<SurveyEntry> newestFirst);
