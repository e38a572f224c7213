namespace MvStore.Remote;

/// <summary>What became of a request.</summary>
internal enum RemoteStatus
{
    /// <summary>Done, all of it.</summary>
    Done,

    /// <summary>Its epoch is not the owner's. Nothing was done.</summary>
    Fenced,

    /// <summary>The mark is another one. Nothing was done.</summary>
    OtherMark,

    /// <summary>A row is there already. Nothing was done.</summary>
    Exists,

    /// <summary>It is over a limit. Nothing was done.</summary>
    TooLarge,
}
