namespace MvStore.Reliability.Damages;

/// <summary>What is done to a file.</summary>
internal enum DamageKind
{
    /// <summary>One bit is turned over.</summary>
    Flip,

    /// <summary>It ends somewhere.</summary>
    Cut,

    /// <summary>A page of it is zeros.</summary>
    Zero,

    /// <summary>Two pages have changed places.</summary>
    Swap,

    /// <summary>It is gone.</summary>
    Gone,
}
