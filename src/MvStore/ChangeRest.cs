namespace MvStore;

/// <summary>
/// When a reader of changes who has told everything is to let a moment pass before he asks to be woken: waking costs who commits, so it is not to happen for every few of many commits. He rests after many commits that came
/// without a wait, and when he was woken often within a moment; a single commit, or one after another at a pace that costs little, is told at once. Belongs to one reader.
/// </summary>
/// <param name="clock">A clock.</param>
internal sealed class ChangeRest(TimeProvider clock)
{
    /// <summary>How long a rest is, about: systems round it up. The ring is long enough for what is committed meanwhile.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(1);

    private const int Many = 16;
    private const int MostWakes = 16;

    private long _since = clock.GetTimestamp(); // When the first of the wakes was.
    private int _wakes;
    private int _told;

    /// <summary>Whether to rest now.</summary>
    public bool IsDue => _told >= Many || (_wakes >= MostWakes && clock.GetElapsedTime(_since) < Length);

    /// <summary>Takes note of commits that were told.</summary>
    public void NoteTold(int commits) => _told += commits;

    /// <summary>Takes note that he was woken.</summary>
    public void NoteWoken()
    {
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(_since, now) >= Length)
        {
            _since = now;
            _wakes = 0;
        }

        _wakes++;
        _told = 0;
    }

    /// <summary>Rests.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        _wakes = 0;
        _told = 0;
        return Task.Delay(Length, clock, cancellationToken);
    }
}
