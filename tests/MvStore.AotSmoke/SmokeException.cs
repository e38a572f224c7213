namespace MvStore.AotSmoke;

/// <summary>The store gave another answer than it should.</summary>
internal sealed class SmokeException(string message) : Exception(message);
