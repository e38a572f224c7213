namespace MvStore.Contracts;

/// <summary>Tells the floors in force. Any thread; an acquire load.</summary>
internal interface IFloorSource
{
    /// <summary>The floors in force.</summary>
    PublishedFloors Current { get; }
}
