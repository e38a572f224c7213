using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>Looks whether an engine answers with the newest version of every row that was loaded, and with nothing else.</summary>
internal static class LoadedRowsCheck
{
    private const int SamplesRead = 1_000;

    /// <summary>Gets some rows, and scans all if the engine can.</summary>
    /// <exception cref="WrongAnswerException">It answers something else.</exception>
    public static void Run(EngineDescriptor descriptor, IWorkloadEngine engine, LoadedRows rows)
    {
        using var reader = engine.OpenReader();
        var randomness = new Randomness(2);
        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        for (var i = 0; i < SamplesRead; i++)
        {
            var index = randomness.Below(rows.Count);
            var id = KeySpace.IdOf(index);
            KeySpace.Write(key, id);
            var isRight = reader.TryGet(key, IWorkloadReader.Latest, out var value) && value.IsOf(id);
            var expected = rows.VersionSeen(index, rows.LastVersion);
            WrongAnswerException.Require($"version of row {index} after all was written", expected, isRight ? value.Version : 0);
        }

        if (descriptor.Has(EngineTraits.Ranges))
        {
            FullScanWorkload.Scan((IRangeReader)reader, rows, IWorkloadReader.Latest, isReverse: false, rows.SumsAt(rows.LastVersion));
        }
    }
}
