namespace MvStore.Reliability;

/// <summary>The promise is broken: something acknowledged is gone, or something is there that cannot be.</summary>
internal sealed class LossException(string message) : Exception(message);
