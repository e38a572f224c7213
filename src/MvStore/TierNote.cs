using System.Text;

namespace MvStore;

/// <summary>
/// What a note is: something small that the engine lets the persistent tier keep for it under a name, apart from entries and marks
/// (<see cref="IPersistentTier.SetNoteAsync"/>, <see cref="TierState.Notes"/>).
/// </summary>
public static class TierNote
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The longest content, in bytes: 64 KiB.</summary>
    public const int MaxContentLength = 64 * 1024;

    /// <summary>Whether something can be the name of a note: 1 to <see cref="MaxNameLength"/> ASCII characters.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it can.</returns>
    public static bool IsName(string? name) => name is { Length: >= 1 and <= MaxNameLength } && Ascii.IsValid(name);

    /// <summary>Throws unless a note can be set so.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">What it is to say.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not 1 to <see cref="MaxNameLength"/> ASCII characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="content"/> is longer than <see cref="MaxContentLength"/>.</exception>
    public static void Check(string name, ReadOnlyMemory<byte> content)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsName(name))
        {
            throw new ArgumentException($"The name of a note has 1 to {MaxNameLength} ASCII characters.", nameof(name));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxContentLength, nameof(content));
    }
}
