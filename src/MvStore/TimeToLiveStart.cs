namespace MvStore;

/// <summary>From when on the time to live of a key counts.</summary>
public enum TimeToLiveStart
{
    /// <summary>From when the value that it has now was committed: each update lets it live on.</summary>
    LastUpdate,

    /// <summary>From when it was given a value for the first time since it was absent; updates change nothing.</summary>
    Creation,
}
