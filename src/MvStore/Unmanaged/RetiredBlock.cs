namespace MvStore.Unmanaged;

/// <summary>A block that is freed once no reader can reach it any more.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Size">The size it was allocated with.</param>
internal readonly record struct RetiredBlock(nint Address, nuint Size);
