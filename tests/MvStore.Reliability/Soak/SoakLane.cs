namespace MvStore.Reliability.Soak;

/// <summary>A group of keys that are written alike. Its letter begins each key; <see cref="Scripts.KindByFirstByte"/> tells the kind from it.</summary>
/// <param name="Letter">What its keys begin with.</param>
/// <param name="Keys">How many each writer has: a power of two. Each is written at most once in so many commits of the writer.</param>
/// <param name="LongestValue">In bytes.</param>
internal sealed record SoakLane(char Letter, int Keys, int LongestValue)
{
    /// <summary>Two keys of each writer that say how far it has come: written by every commit, odd ones and even ones by turns, never removed.</summary>
    public static SoakLane Counters { get; } = new('c', 2, 8);

    /// <summary>Keys that are dropped as well as set and removed.</summary>
    public static SoakLane Dropped { get; } = new('d', 64, 100) { HasDrops = true };

    /// <summary>Keys with many versions.</summary>
    public static SoakLane Hot { get; } = new('h', 16, 100);

    /// <summary>Keys with few versions, and now and then a large value.</summary>
    public static SoakLane Cold { get; } = new('l', 4096, 2_000) { LargeValue = 60_000 };

    /// <summary>Keys to walk over.</summary>
    public static SoakLane Medium { get; } = new('m', 512, 300);

    /// <summary>State of one operator, which keeps less history, and not always the same.</summary>
    public static SoakLane Operator { get; } = new('o', 64, 200);

    /// <summary>Rows of one source, which keep more history.</summary>
    public static SoakLane Source { get; } = new('s', 256, 200);

    /// <summary>Keys that all writers write.</summary>
    public static SoakLane Shared { get; } = new('x', 1024, 100) { IsShared = true };

    /// <summary>All of them, in the order of their keys.</summary>
    public static IReadOnlyList<SoakLane> All { get; } = [Counters, Dropped, Hot, Cold, Medium, Operator, Source, Shared];

    /// <summary>Whether there are drops.</summary>
    public bool HasDrops { get; private init; }

    /// <summary>Whether all writers write the same keys.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The length of one value in sixty; 0 for none.</summary>
    public int LargeValue { get; private init; }

    /// <summary>Keys whose versions tell how far the writers have come.</summary>
    public bool IsCounter => Letter == Counters.Letter;

    /// <summary>Who has keys of its own: each writer, or all of them together, as the first.</summary>
    public IEnumerable<int> Owners => Enumerable.Range(0, IsShared ? 1 : SoakPlan.Writers);
}
