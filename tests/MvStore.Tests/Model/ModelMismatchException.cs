namespace MvStore.Tests.Model;

/// <summary>The store and the reference gave different answers.</summary>
internal sealed class ModelMismatchException(string message) : Exception(message);
