namespace MvStore.Tool.Watching;

/// <summary>What the instruments of a store said at the end of an interval.</summary>
/// <param name="Store">The name of the store.</param>
/// <param name="Instruments">The instruments, by name and tags.</param>
internal sealed record StoreReading(string Store, IReadOnlyList<InstrumentReading> Instruments);
