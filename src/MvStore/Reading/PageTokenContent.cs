namespace MvStore.Reading;

/// <summary>What a page token says.</summary>
/// <param name="Opening">Which opening of the store issued it.</param>
/// <param name="Request">A fingerprint of what the scan was asked.</param>
/// <param name="View">What the scan can see.</param>
/// <param name="Visible">The visible version when the view was captured.</param>
/// <param name="Generation">The generation of the floors when the view was captured.</param>
/// <param name="Behind">The key to go on behind.</param>
internal readonly record struct PageTokenContent(
    ulong Opening,
    ulong Request,
    TierView View,
    CommitVersion Visible,
    ulong Generation,
    ReadOnlyMemory<byte> Behind);
