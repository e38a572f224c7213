using MvStore.Workloads.Data;

namespace MvStore.Workloads.Engines;

/// <summary>Reads from MvStore, where the rows lie unless a workload asks for a copy.</summary>
internal sealed class MvStoreReader(IMultiVersionStore store) : IRangeReader, IVersionWalker, IVersionStepper, IOwnedReader, ICopyReader
{
    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        var answer = store.TryGet(key, VersionOf(at), out var row);
        value = answer == MemoryAnswer.Present ? ValueDigest.Of(row.Value) : default;
        row.Dispose();
        return IsPresent(answer);
    }

    public bool TryCopy(ReadOnlySpan<byte> key, ulong at, Span<byte> destination, out int length)
    {
        var answer = store.TryGet(key, VersionOf(at), out var row);
        length = 0;
        if (answer == MemoryAnswer.Present)
        {
            length = row.Value.Length;
            row.TryCopyTo(destination);
        }

        row.Dispose();
        return IsPresent(answer);
    }

    public bool TryGetOwned(ReadOnlySpan<byte> key, ulong at, out ReadOnlyMemory<byte> value)
    {
        var row = Completion.Of(store.GetAsync(key, VersionOf(at)));
        value = row.GetValueOrDefault().Value;
        return row.HasValue;
    }

    public void Scan(RangeRequest request, ref RowFold fold)
    {
        var range = request.From is { } from ? KeyRange.From(from) : KeyRange.All;
        var direction = request.IsReverse ? ScanDirection.Reverse : ScanDirection.Forward;
        using var scan = store.OpenScan(range, ReadScope.AsOf(VersionOf(request.At)), direction);
        while (Completion.Of(scan.ReadAsync()))
        {
            foreach (var row in scan.Rows)
            {
                if (!fold.Add(row.Key, row.Value))
                {
                    return;
                }
            }
        }
    }

    public long Walk(ReadOnlySpan<byte> key, out ulong versions)
    {
        var count = 0L;
        versions = 0;
        using var scan = store.OpenHistory(KeyRange.Exactly(key), CommitVersion.Latest);
        while (Completion.Of(scan.ReadAsync()))
        {
            foreach (var row in scan.Rows)
            {
                count++;
                versions += ValueDigest.Of(row.Value).Version;
            }
        }

        return count;
    }

    public bool TryStepBack(ReadOnlySpan<byte> key, ulong before, out ValueDigest value)
    {
        var previous = Completion.Of(store.GetPreviousAsync(key, VersionOf(before)));
        value = previous.HasRow ? ValueDigest.Of(previous.Row.Value.Span) : default;
        return previous.HasRow;
    }

    public void Dispose()
    {
        // Nothing of its own.
    }

    private static CommitVersion VersionOf(ulong at) => at == IWorkloadReader.Latest ? CommitVersion.Latest : at;

    // A store without a persistent tier holds everything in memory.
    private static bool IsPresent(MemoryAnswer answer) => answer switch
    {
        MemoryAnswer.Present => true,
        MemoryAnswer.Absent => false,
        _ => throw new WrongAnswerException("a memory-only store says that a row may be elsewhere"),
    };
}
