namespace MvStore.Contracts;

/// <summary>Tells how far publication has come. Any thread, any time; an acquire load.</summary>
internal interface IPublicationSource
{
    /// <summary>The newest publication.</summary>
    Publication Current { get; }
}
