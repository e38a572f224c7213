using System.Globalization;

namespace MvStore.Workloads.Measuring;

/// <summary>The memory of this process, native memory and mapped files included.</summary>
public static class ProcessMemory
{
    /// <summary>Resident bytes after everything unreferenced was collected and given back.</summary>
    public static long Settled()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return Resident();
    }

    public static long Resident()
        => OperatingSystem.IsLinux() ? FromStatus("VmRSS:") : Environment.WorkingSet;

    private static long FromStatus(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        var kilobytes = line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal);
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
    }
}
