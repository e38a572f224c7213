namespace MvStore.Contracts;

/// <summary>
/// Takes note of what other commits touch that begin while somebody works out a commit of his own (DESIGN.md 3, Commits under a watch; I60). What may be touched is numbered: places. A
/// committer looks before he begins which of them his commit touches; that is noted inside the sequencer's critical section, where it begins. A watch serves one attempt, and is never used again.
/// </summary>
/// <param name="places">How many places there are.</param>
internal abstract class CommitWatch(int places)
{
    private const int BitsPerWord = 64;

    // One bit for each place. Owner: the sequencer's critical section, inside which a bit is set and never cleared. Release store; acquire outside, where a set bit is certain.
    private readonly ulong[] _touched = new ulong[(places + BitsPerWord - 1) / BitsPerWord];

    /// <summary>Whether something was touched that the commit made under this watch depends on. Inside the critical section, where it is final.</summary>
    public abstract bool IsOvertaken { get; }

    /// <summary>Finds out what a commit touches. Any thread, outside of the critical section as a rule: a batch may be large. Before the commit's entries are released.</summary>
    /// <returns>One bit for each place; null for none.</returns>
    public abstract ulong[]? Look(PreparedCommit commit);

    /// <summary>Takes note of what a commit touches that begins. Inside the critical section.</summary>
    /// <param name="touched">What <see cref="Look"/> found.</param>
    public void Note(ulong[] touched)
    {
        for (var i = 0; i < touched.Length; i++)
        {
            Volatile.Write(ref _touched[i], _touched[i] | touched[i]);
        }
    }

    /// <summary>Whether a commit that began touched a place. Outside of the critical section only a yes is final, unless the watch was ended.</summary>
    public bool IsTouched(int place) => (Volatile.Read(ref _touched[place / BitsPerWord]) & BitOf(place)) != 0;

    /// <summary>Sets the bit of a place.</summary>
    /// <param name="touched">The bits; made when the first one is set.</param>
    /// <param name="place">The place.</param>
    protected void Mark(ref ulong[]? touched, int place) => (touched ??= new ulong[_touched.Length])[place / BitsPerWord] |= BitOf(place);

    private static ulong BitOf(int place) => 1UL << (place % BitsPerWord);
}
