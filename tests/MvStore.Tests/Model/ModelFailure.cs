namespace MvStore.Tests.Model;

/// <summary>How a run ended when it did not end well.</summary>
/// <param name="Error">The mismatch, or what the store threw.</param>
/// <param name="Log">What was done, the last line being what failed.</param>
internal sealed record ModelFailure(Exception Error, IReadOnlyList<string> Log);
