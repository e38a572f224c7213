using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// A read of one key that waits in line: whoever gives a reader back before its turn has come answers it, together with its neighbours (<see cref="LookupBatch"/>).
/// Completed with null then, and <see cref="Answer"/> is set; or with the failure, which is its own.
/// </summary>
/// <param name="key">The key; unchanged for as long as this waits, also when nobody waits for it any more.</param>
/// <param name="view">What can be seen.</param>
/// <param name="cancellationToken">The caller's.</param>
internal sealed class Lookup(byte[] key, TierView view, CancellationToken cancellationToken) : Turn
{
    // Owner: who took this out of the line. Plain; published by completing the task.
    private IReadOnlyList<TierRow>? _answer;

    // Owner: who took this out of the line. Plain.
    private Exception? _failure;

    /// <summary>What it asks.</summary>
    public PointRead Read { get; } = new([key], view, cancellationToken);

    /// <summary>The answer; null when it was not answered in line. To be asked once the task has completed.</summary>
    public IReadOnlyList<TierRow>? Answer => _answer;

    /// <summary>Reads, and keeps what came of it.</summary>
    public void Run(Reader reader)
    {
        if (Task.IsCompleted)
        {
            return; // cancelled in line
        }

        try
        {
            _answer = Read.Run(reader);
        }
        catch (SqliteException failure)
        {
            _failure = Failures.WhileReading(failure);
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    /// <summary>Tells the caller, unless it has given up.</summary>
    /// <param name="failureOfAll">What failed for every read of the batch, if anything did.</param>
    public void Complete(Exception? failureOfAll)
    {
        if ((_failure ?? failureOfAll) is not { } failure)
        {
            TrySetResult(null);
        }
        else if (failure is OperationCanceledException)
        {
            TrySetCanceled(cancellationToken);
        }
        else
        {
            TrySetException(failure);
        }
    }
}
