using System.Runtime.InteropServices;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// How many rows fall due at which version, in a bounded number of steps. A step counts versions together, at the lowest of them: so what is due at a version is never told too low. It is told too high by what steps
/// count besides that begin at or below that version: by one if versions come ascending, by a few in any order that has nothing to do with the steps. Not safe for concurrent use.
/// </summary>
/// <param name="maxSteps">How many steps it may have, at least 8.</param>
internal sealed class VersionHistogram(int maxSteps)
{
    // A step may count so many times as much as if all were equal: room enough that merging neighbours leaves little more than half of the steps.
    private const int Unevenness = 4;

    private readonly List<Step> _steps = []; // ascending by version
    private long _total;

    /// <summary>How many steps it has.</summary>
    public int Count => _steps.Count;

    /// <summary>Counts one more.</summary>
    /// <param name="version">Where it falls due.</param>
    public void Add(ulong version)
    {
        _total++;
        var at = LastAtOrBelow(version);
        if (at >= 0)
        {
            ref var step = ref CollectionsMarshal.AsSpan(_steps)[at];
            if (step.From == version || step.Rows < MostTogether)
            {
                step = step with { Rows = step.Rows + 1 };
                return;
            }
        }

        _steps.Insert(at + 1, new Step(version, 1));
        if (_steps.Count > maxSteps)
        {
            Merge();
        }
    }

    /// <summary>How many are due at a version: those that fall due at or below it, and perhaps some of those that do soon after.</summary>
    public long DueAt(ulong version)
    {
        var due = 0L;
        foreach (var step in CollectionsMarshal.AsSpan(_steps))
        {
            if (step.From > version)
            {
                break;
            }

            due += step.Rows;
        }

        return due;
    }

    private long MostTogether => _total * Unevenness / maxSteps;

    private int LastAtOrBelow(ulong version)
    {
        var low = 0;
        var high = _steps.Count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (_steps[middle].From <= version)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    private void Merge()
    {
        var most = MostTogether;
        var steps = CollectionsMarshal.AsSpan(_steps);
        var last = 0;
        for (var i = 1; i < steps.Length; i++)
        {
            if (steps[last].Rows + steps[i].Rows <= most)
            {
                steps[last] = steps[last] with { Rows = steps[last].Rows + steps[i].Rows };
            }
            else
            {
                steps[++last] = steps[i];
            }
        }

        _steps.RemoveRange(last + 1, _steps.Count - last - 1);
    }

    // Rows that fall due at From or above, below where the next step began when they were counted.
    private readonly record struct Step(ulong From, long Rows);
}
