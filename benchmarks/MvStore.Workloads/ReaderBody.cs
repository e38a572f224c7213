using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that reads a prepared store.</summary>
internal abstract class ReaderBody<TReader>(PreparedStore store, ulong seed) : ThreadBody
    where TReader : IWorkloadReader
{
    /// <summary>Point reads between two looks at the clock.</summary>
    protected const int GetsPerBlock = 64;

    private Randomness _randomness = new(seed);

    protected TReader Reader { get; } = (TReader)store.RentReader();

    protected LoadedRows Rows { get; } = store.Rows;

    /// <summary>The thread's numbers; a reference, because drawing changes it.</summary>
    protected ref Randomness Randomness => ref _randomness;

    public override void Dispose()
    {
        store.ReturnReader(Reader);
        base.Dispose();
    }
}
