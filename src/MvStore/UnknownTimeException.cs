using System.Globalization;

namespace MvStore;

/// <summary>The state as of a time was asked for, and the store does not know which version was visible then.</summary>
public sealed class UnknownTimeException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="requested">The time asked for.</param>
    /// <param name="earliest">The first time known; null when the store remembers none.</param>
    public UnknownTimeException(DateTimeOffset requested, DateTimeOffset? earliest)
        : base(Text(requested, earliest))
    {
        Requested = requested;
        Earliest = earliest;
    }

    /// <summary>The time asked for.</summary>
    public DateTimeOffset Requested { get; }

    /// <summary>The first time whose version is known; null when the store was told to remember none.</summary>
    public DateTimeOffset? Earliest { get; }

    private static string Text(DateTimeOffset requested, DateTimeOffset? earliest)
        => earliest is { } first
            ? string.Create(CultureInfo.InvariantCulture, $"It is not known which version was visible at {requested:O}: times are known from {first:O} on. Ask for a later time, or read at a version.")
            : string.Create(CultureInfo.InvariantCulture, $"It is not known which version was visible at {requested:O}: the store was told not to remember times. Read at a version, or set GarbageCollection.TimeResolution.");
}
