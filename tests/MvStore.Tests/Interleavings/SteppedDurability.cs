using MvStore.Contracts;

namespace MvStore.Tests.Interleavings;

/// <summary>The durable mark, with a point before each load.</summary>
internal sealed class SteppedDurability(IDurability inner, Stepper stepper) : IDurability
{
    public ulong Sequence
    {
        get
        {
            stepper.Point("before mark");
            return inner.Sequence;
        }
    }

    public CommitVersion HighestVersion => inner.HighestVersion;

    // No point here: it is asked inside the sequencer's critical section, where nothing else can run.
    public CommitVersion Version => inner.Version;

    public ValueTask<CommitReceipt> WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken)
        => inner.WaitAsync(sequence, version, cancellationToken);

    public void Bring(ulong sequence) => inner.Bring(sequence);
}
