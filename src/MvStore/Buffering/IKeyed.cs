namespace MvStore.Buffering;

/// <summary>Something that can be put in order by its key.</summary>
internal interface IKeyed
{
    /// <summary>The key: one array for the life of the object, whose bytes never change.</summary>
    byte[] Key { get; }
}
