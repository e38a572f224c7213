namespace MvStore;

/// <summary>What memory alone can say of a key.</summary>
public enum MemoryAnswer
{
    /// <summary>There is a row.</summary>
    Present,

    /// <summary>There is none: the key is deleted or has no version there, in whichever tier.</summary>
    Absent,

    /// <summary>The answer may be in the persistent tier. Ask with <see cref="IMultiVersionGet.GetAsync"/>.</summary>
    NotInMemory,
}
