using System.Globalization;

namespace MvStore;

/// <summary>
/// A place in the order of publications, to go on behind (<see cref="IMultiVersionChanges.ReadChangesAsync"/>). It outlives the process: write down its text. It names the lineage in which it was
/// told, so that one whose commits were lost in a crash, or that is of another store, is recognized and not taken for another commit's.
/// </summary>
/// <param name="Lineage">The lineage; 0 for the beginning of any store.</param>
/// <param name="Sequence">The last publication before it.</param>
public readonly record struct ChangePosition(ulong Lineage, ulong Sequence)
{
    private const char Separator = '-';

    /// <summary>Before the first commit, in any store.</summary>
    public static ChangePosition Beginning => default;

    /// <summary>Reads the text of a position.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    /// <returns>The position.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException">It is not the text of a position.</exception>
    public static ChangePosition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var position) ? position : throw new FormatException("This is not the text of a position in a change feed.");
    }

    /// <summary>Reads the text of a position, if it is one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">The position; the beginning when it is none.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? text, out ChangePosition position)
    {
        position = default;
        var middle = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (middle < 0
            || !ulong.TryParse(text.AsSpan(0, middle), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lineage)
            || !ulong.TryParse(text.AsSpan(middle + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        position = new ChangePosition(lineage, sequence);
        return true;
    }

    /// <summary>The position as a text that <see cref="Parse"/> reads: letters, digits and a hyphen.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Lineage:x16}{Separator}{Sequence}");
}
