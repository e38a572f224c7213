namespace MvStore;

/// <summary>The class of a key: it selects retention and statistics, never order or visibility.</summary>
/// <param name="Family">Which family of keys.</param>
/// <param name="Id">Which source or operator; 0 for <see cref="EntryFamily.Multi"/>.</param>
public readonly record struct EntryKind(EntryFamily Family, ulong Id)
{
    /// <summary>Ordinary multi-version data: what every key is unless a classifier says otherwise.</summary>
    public static EntryKind Multi => default;

    /// <summary>Rows of one source.</summary>
    /// <param name="id">The source.</param>
    /// <returns>The kind.</returns>
    public static EntryKind Source(ulong id) => new(EntryFamily.Source, id);

    /// <summary>State of one operator.</summary>
    /// <param name="id">The operator.</param>
    /// <returns>The kind.</returns>
    public static EntryKind Operator(ulong id) => new(EntryFamily.Operator, id);

    /// <summary>The kind as text, such as <c>operator(7)</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Family switch
    {
        EntryFamily.Source => $"source({Id})",
        EntryFamily.Operator => $"operator({Id})",
        _ => "multi",
    };
}
