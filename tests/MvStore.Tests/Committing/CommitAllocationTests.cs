using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>What a commit allocates on its way to the buffer and to its publication.</summary>
public sealed class CommitAllocationTests
{
    // The commit: a header of two words, and fifteen words of fields, two of which hold small ones together. The publication: a header and four.
    private const int CommitAndPublication = 136 + 48;

    // With one more object at each commit it would be at least this much more.
    private const int SmallestObject = 24;

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(100)]
    public async Task ACommitAllocatesItselfAndItsPublicationHoweverManyKeysItHas(int keys)
    {
        var target = new UnseenTarget();
        var sequencer = new CommitSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), queue: null, feed: null);
        var committer = new Committer(
            new CommitLimits(new BufferOptions()),
            new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false),
            sequencer,
            target,
            new LateCommitChecker(sequencer, target),
            new OpenGate(),
            durability: null);
        const int commits = 10_000;
        await Task.Factory.StartNew(() => Commit(1), TaskCreationOptions.LongRunning).Guarded();

        var each = await Task.Factory.StartNew(() => Commit(commits), TaskCreationOptions.LongRunning).Guarded();

        each.Should().BeLessThan(CommitAndPublication + SmallestObject, "what a thread rents first, and again when the collector took it, is not there at each commit");

        double Commit(int times)
        {
            var batch = new WriteBatch();
            CommitOnce();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                CommitOnce();
            }

            return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / times;

            void CommitOnce()
            {
                batch.Clear();
                for (var key = 0; key < keys; key++)
                {
                    batch.Set([(byte)key], [1]);
                }

                var version = sequencer.Current.Highest.Value + 1;
                var receipt = committer.CommitAsync(batch, version, Durability.Buffered, CancellationToken.None);
                if (!receipt.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("Nobody else commits, so there is nothing to wait for.");
                }
            }
        }
    }
}
