namespace MvStore.Reading;

/// <summary>What a page token says.</summary>
/// <param name="Opening">Which opening of the store issued it.</param>
/// <param name="Request">A fingerprint of what the scan was asked.</param>
/// <param name="View">What the scan can see.</param>
/// <param name="Visible">The visible version when the view was captured.</param>
/// <param name="Generation">The generation of the floors when the view was captured.</param>
/// <param name="After">Where to go on: behind a key, or inside one of which nothing was returned yet.</param>
internal readonly record struct PageTokenContent(
    ulong Opening,
    ulong Request,
    TierView View,
    CommitVersion Visible,
    ulong Generation,
    TierPosition After);
