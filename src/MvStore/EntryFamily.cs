namespace MvStore;

/// <summary>The families of keys an <see cref="EntryKind"/> distinguishes.</summary>
public enum EntryFamily
{
    /// <summary>Ordinary multi-version data.</summary>
    Multi,

    /// <summary>Rows of a source, such as a table or a stream.</summary>
    Source,

    /// <summary>State of a streaming operator.</summary>
    Operator,
}
