namespace MvStore.Sqlite.Connections;

/// <summary>
/// A place in the line of those who wait for a reader. Completed with one, which is then the waiter's to give back, or with null: begin again. Whoever waits is never continued on the
/// thread that completes it.
/// </summary>
internal class Turn() : TaskCompletionSource<Reader?>(TaskCreationOptions.RunContinuationsAsynchronously);
