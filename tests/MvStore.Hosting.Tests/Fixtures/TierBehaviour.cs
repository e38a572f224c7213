namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>What a tier does while its store closes.</summary>
public enum TierBehaviour
{
    /// <summary>It takes what it is given.</summary>
    Works,

    /// <summary>It does not answer until the store has given up.</summary>
    Hangs,

    /// <summary>It fails for good.</summary>
    Fails,
}
