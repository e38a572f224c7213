using System.Diagnostics;
using System.Globalization;

namespace MvStore.Workloads.Measuring;

/// <summary>How many cores others keep busy while something is measured: says how far a figure can be trusted. Linux only.</summary>
public sealed class ForeignLoad(Process measured)
{
    private const double TicksPerSecond = 100;
    private const int FirstColumn = 1;
    private const int Idle = 4;
    private const int IoWait = 5;
    private const int LastColumn = 8;

    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly double _busy = BusySeconds();
    private readonly double _own = OwnSeconds(measured);

    /// <summary>Cores busy with neither the measured process nor this one, on average since it was made.</summary>
    public double Cores()
    {
        measured.Refresh();
        var foreign = BusySeconds() - _busy - (OwnSeconds(measured) - _own);
        return Math.Max(0, foreign / Stopwatch.GetElapsedTime(_begin).TotalSeconds);
    }

    private static double OwnSeconds(Process measured)
        => measured.HasExited ? 0 : (measured.TotalProcessorTime + Process.GetCurrentProcess().TotalProcessorTime).TotalSeconds;

    private static double BusySeconds()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var columns = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(FirstColumn, LastColumn)
            .Where(column => column is not (Idle or IoWait))
            .Sum(column => double.Parse(columns[column], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
