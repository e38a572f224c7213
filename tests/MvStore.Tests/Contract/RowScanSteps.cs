using System.Globalization;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>What tests of scans that show rows where they lie do.</summary>
internal static class RowScanSteps
{
    // More than two portions of what is shown where it lies.
    public const int ManyKeys = 1_300;

    /// <summary>Everything that can happen to a store, on another thread while the caller waits; true.</summary>
    public static bool Upset(StoreFixture fixture, int number) => Wait(async () =>
    {
        var store = fixture.Store;
        var next = store.VisibleVersion.Value + 5;
        await store.CommitAsync(new WriteBatch().Set($"k{number:0000}", "new").Remove($"k{(number * 7) % 1_300:0000}").Set($"k{number:0000}x", "new"), next);
        await store.CommitAsync(new WriteBatch().Set($"k{(number * 3) % 1_300:0000}", "late").Set($"a{number}", "late"), next - 1);
        await fixture.FlushIfPersistentAsync();
        if (number % 3 == 0)
        {
            await store.ReclaimAsync();
        }

        store.Evict(0);
        await store.ReclaimAsync();
        store.CollectMemory();
    });

    public static bool Wait(Func<Task> work)
    {
        Task.Run(work).Guarded().GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Keys at 10, every third overwritten at 20, every fifth deleted at 30.</summary>
    public static async Task FillAsync(IMultiVersionStore store, int keys)
    {
        var name = keys > 100 ? "0000" : "00";
        await WriteAsync(10, (batch, key, _) => batch.Set(key, "1"));
        await WriteAsync(20, (batch, key, i) => _ = i % 3 == 0 ? batch.Set(key, "2") : batch);
        await WriteAsync(30, (batch, key, i) => _ = i % 5 == 0 ? batch.Remove(key) : batch);

        async Task WriteAsync(ulong version, Action<WriteBatch, string, int> write)
        {
            var batch = new WriteBatch();
            for (var i = 0; i < keys; i++)
            {
                write(batch, $"k{i.ToString(name, CultureInfo.InvariantCulture)}", i);
            }

            await store.CommitAsync(batch, version);
        }
    }

    public static int Count(RowPortion portion, int most = int.MaxValue)
    {
        var count = 0;
        foreach (var row in portion)
        {
            if (++count == most)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Reads a scan to its end on this thread; allocates nothing itself.</summary>
    public static int Count(RowScan scan)
    {
        using (scan)
        {
            var count = 0;
            while (ReadAtOnce(scan))
            {
                count += Count(scan.Rows);
            }

            return count;
        }
    }

    public static bool ReadAtOnce(RowScan scan)
    {
        var read = scan.ReadAsync();
        return read.IsCompletedSuccessfully ? read.Result : throw new InvalidOperationException("It waits for something.");
    }
}
