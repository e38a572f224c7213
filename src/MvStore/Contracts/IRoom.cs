namespace MvStore.Contracts;

/// <summary>The room that commits wait for, seen from whoever makes some. Any thread; never waits.</summary>
internal interface IRoom
{
    /// <summary>Whether the soft limit of something is exceeded or somebody waits for it, measured now. False for what is not limited.</summary>
    /// <param name="what">What commits may run out of.</param>
    bool IsShort(StallReason what);

    /// <summary>The bytes that whoever waits longest needs; 0 when nobody waits, or not for this.</summary>
    /// <param name="what">What commits may run out of.</param>
    long WantedBytes(StallReason what);

    /// <summary>
    /// To be called when something became free, and when the store has failed: measures again, lets in who waits and fits, and ends the waits of a store
    /// that has stopped for writing.
    /// </summary>
    void Remeasure();
}
