namespace MvStore.Contracts;

/// <summary>The room that commits wait for, seen from whoever makes some. Any thread; never waits.</summary>
internal interface IRoom
{
    /// <summary>Whether a soft limit is exceeded or somebody waits, measured now.</summary>
    bool IsShort { get; }

    /// <summary>The bytes that whoever waits longest needs; 0 when nobody waits.</summary>
    long WantedBytes { get; }

    /// <summary>
    /// To be called when something became free, and when the store has failed: measures again, lets in who waits and fits, and ends the waits of a store
    /// that has stopped for writing.
    /// </summary>
    void Remeasure();
}
