using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// Runs reads on the connections of a pool: on the caller's thread if one is idle, which is the usual case and no state machine; else when its turn has come. A failure
/// is the caller's own, inside the task, as an exception of the tier's interface.
/// </summary>
internal sealed class PooledReads(ReaderPool pool)
{
    /// <summary>Runs a read.</summary>
    public ValueTask<T> RunAsync<TRead, T>(TRead read, CancellationToken cancellationToken)
        where TRead : struct, IRead<T>
        => cancellationToken.IsCancellationRequested || pool.TryRent() is not { } reader
            ? WaitAndRunAsync<TRead, T>(read, cancellationToken)
            : Run<TRead, T>(read, reader);

    /// <summary>Looks one key up. While all readers are in use it waits in line, and is answered together with others that do.</summary>
    public ValueTask<IReadOnlyList<TierRow>> LookUpAsync(IReadOnlyList<ReadOnlyMemory<byte>> key, TierView view, CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested || pool.TryRent() is not { } reader
            ? WaitAndLookUpAsync(key[0].ToArray(), view, cancellationToken)
            : Run<PointRead, IReadOnlyList<TierRow>>(new PointRead(key, view, cancellationToken), reader);

    private ValueTask<T> Run<TRead, T>(TRead read, Reader reader)
        where TRead : struct, IRead<T>
    {
        try
        {
            return new ValueTask<T>(RunAndReturn<TRead, T>(read, reader));
        }
        catch (Exception failure)
        {
            return FailedAsync(Task.FromException<T>(failure));
        }
    }

    // So that a cancellation counts as one, like everywhere.
    private static async ValueTask<T> FailedAsync<T>(Task<T> failed) => await failed.ConfigureAwait(false);

    private async ValueTask<T> WaitAndRunAsync<TRead, T>(TRead read, CancellationToken cancellationToken)
        where TRead : struct, IRead<T>
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return RunAndReturn<TRead, T>(read, await pool.RentAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (SqliteException failure)
        {
            throw Failures.WhileReading(failure);
        }
    }

    private async ValueTask<IReadOnlyList<TierRow>> WaitAndLookUpAsync(byte[] key, TierView view, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lookup = new Lookup(key, view, cancellationToken);
            Reader? reader;
            try
            {
                reader = await pool.OpenOrWaitAsync(lookup, cancellationToken).ConfigureAwait(false);
            }
            catch (SqliteException failure)
            {
                throw Failures.WhileReading(failure);
            }

            if (reader is not null)
            {
                return RunAndReturn<PointRead, IReadOnlyList<TierRow>>(lookup.Read, reader);
            }

            if (lookup.Answer is { } answer)
            {
                return answer;
            }
        }
    }

    private T RunAndReturn<TRead, T>(TRead read, Reader reader)
        where TRead : struct, IRead<T>
    {
        try
        {
            return read.Run(reader);
        }
        catch (SqliteException failure)
        {
            throw Failures.WhileReading(failure);
        }
        finally
        {
            pool.Return(reader);
        }
    }
}
