namespace MvStore;

/// <summary>
/// What keys of one kind keep (contract E3). The floor follows the visible version at a distance in versions, in time, or, where both are given, at the
/// larger of the two; of each key some versions at or below the floor may stay besides. Immutable and safe from any thread.
/// </summary>
public sealed class Retention
{
    /// <summary>Says what is kept.</summary>
    /// <param name="versions">How far below the visible version new reads may start, in version numbers; null for no such distance.</param>
    /// <param name="age">
    /// For how long the state of a moment can be read after it; null for no such distance. What was there when the store was opened counts as committed
    /// then. Times are remembered within about 3 % of their age, so that history may be kept as much longer. Not negative.
    /// </param>
    /// <param name="perKey">How many versions of each key stay at or below the floor, the newest of them. At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="age"/> is negative, or <paramref name="perKey"/> below 1.</exception>
    public Retention(ulong? versions = null, TimeSpan? age = null, int perKey = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(age ?? TimeSpan.Zero, TimeSpan.Zero, nameof(age));
        ArgumentOutOfRangeException.ThrowIfLessThan(perKey, 1);
        Versions = versions;
        Age = age;
        PerKey = perKey;
    }

    /// <summary>Everything is kept: the floor stays where it is.</summary>
    public static Retention Everything { get; } = new();

    /// <summary>The distance of the floor in version numbers; null for none. With neither this nor an age everything is kept.</summary>
    public ulong? Versions { get; }

    /// <summary>The distance of the floor in time; null for none. With neither this nor a number of versions everything is kept.</summary>
    public TimeSpan? Age { get; }

    /// <summary>
    /// How many versions of each key stay at or below the floor. A key that was dropped keeps one. Those but the newest are kept on disk and in memory, and
    /// open snapshots may see them; new reads do not start below the floor, nor does stepping back pass it.
    /// </summary>
    public int PerKey { get; }

    /// <summary>
    /// Whether the last thing that is known of a deleted key, its deletion, stays for ever, where the plan says otherwise
    /// (<see cref="RetentionPlan.ReclaimsDeletedKeys"/>). Default false.
    /// </summary>
    public bool KeepsDeletedKeys { get; init; }

    /// <summary>
    /// For how long keys live; null for as long as nobody deletes them. Needs a version provider (<see cref="MvStoreBuilder.UseVersionProvider"/>). Times are those of publication, known as finely and kept as
    /// those of versions are (<see cref="Age"/>), so that a key may live about 3 % longer; what was there when a store was first opened with a provider counts as published then. If it
    /// counts from <see cref="TimeToLiveStart.Creation"/>, history is kept as far back, whatever the distances above say.
    /// </summary>
    /// <value>Default null.</value>
    public TimeToLive? TimeToLive { get; init; }
}
