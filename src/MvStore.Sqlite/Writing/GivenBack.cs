namespace MvStore.Sqlite.Writing;

/// <summary>What a transaction gives back of the free pages of the file.</summary>
internal enum GivenBack
{
    /// <summary>Nothing: there are too few.</summary>
    Nothing,

    /// <summary>As many as are to be given back.</summary>
    Enough,

    /// <summary>Some; there are more.</summary>
    Part,

    /// <summary>All, when it commits; then <see cref="FreeSpace.EndWholesale"/> is due.</summary>
    All,
}
