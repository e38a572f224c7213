namespace MvStore;

/// <summary>Which entries of a key a scan of a persistent tier returns.</summary>
public enum TierScanMode
{
    /// <summary>The newest entry the view can see, tombstones included.</summary>
    Newest,

    /// <summary>Every entry the view can see, newest first. Forward only.</summary>
    History,
}
