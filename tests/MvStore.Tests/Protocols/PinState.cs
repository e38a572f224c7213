namespace MvStore.Tests.Protocols;

/// <summary>A pin of a model.</summary>
internal readonly record struct PinState(byte At, byte View, bool IsOpen);
