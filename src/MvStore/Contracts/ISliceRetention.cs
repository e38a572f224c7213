namespace MvStore.Contracts;

/// <summary>Raises the floors together with a slice, so that what they let go need not be written (I35 to I38). Called by the flusher alone.</summary>
internal interface ISliceRetention
{
    /// <summary>
    /// Raises the floors that commits and reads are checked against to where they may stand once the slice is durable, and then reads the pins.
    /// </summary>
    /// <param name="durableOnceWritten">
    /// The durable version as it will be when the slice is written. Asked inside the sequencer's critical section, as commits that are published
    /// later may lower it. Must be quick.
    /// </param>
    /// <returns>What is to be stored with the slice, and told to <see cref="Confirm"/> once it is durable; null when no floor is to rise now.</returns>
    PreparedFloors? Prepare(Func<CommitVersion> durableOnceWritten);

    /// <summary>The slice is durable, the floors with it, and the durable mark has moved. Not called when the slice could not be written: then no floor rises any more.</summary>
    /// <param name="prepared">What was prepared.</param>
    void Confirm(PreparedFloors prepared);
}
