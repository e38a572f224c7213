namespace MvStore;

/// <summary>The order in which a scan returns keys.</summary>
public enum ScanDirection
{
    /// <summary>Ascending, bytewise and unsigned. The default.</summary>
    Forward,

    /// <summary>Descending.</summary>
    Reverse,
}
