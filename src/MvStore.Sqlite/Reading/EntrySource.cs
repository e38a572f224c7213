namespace MvStore.Sqlite.Reading;

/// <summary>Which rows a walk over a range meets.</summary>
internal enum EntrySource
{
    /// <summary>The newest of each key.</summary>
    Current,

    /// <summary>All but the newest of each key.</summary>
    History,

    /// <summary>All, merged.</summary>
    Both,
}
