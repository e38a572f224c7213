namespace MvStore.Remote;

/// <summary>One message to the server, which does all of it at one moment or nothing.</summary>
/// <param name="Epoch">The epoch of the sender; to be taken, when <paramref name="Opens"/>.</param>
/// <param name="Opens">Whether the sender becomes the owner.</param>
internal sealed record RemoteRequest(ulong Epoch, bool Opens = false)
{
    /// <summary>What to read, before anything is written.</summary>
    public IReadOnlyList<RemoteRange> Reads { get; init; } = [];

    /// <summary>The mark that must be stored, if any.</summary>
    public ulong? ExpectedMark { get; init; }

    /// <summary>Rows that must not be there yet.</summary>
    public IReadOnlyList<RemoteRow> Additions { get; init; } = [];

    /// <summary>Rows to be there.</summary>
    public IReadOnlyList<RemoteRow> Puts { get; init; } = [];

    /// <summary>Rows to be gone.</summary>
    public IReadOnlyList<byte[]> Deletions { get; init; } = [];

    /// <summary>Ranges to be gone.</summary>
    public IReadOnlyList<RemoteRange> RangeDeletions { get; init; } = [];

    /// <summary>Numbers that only grow.</summary>
    public IReadOnlyList<(byte[] Key, ulong Number)> Raises { get; init; } = [];

    /// <summary>Numbers to be gone if they are not above another.</summary>
    public IReadOnlyList<(byte[] Key, ulong Number)> Forgets { get; init; } = [];

    /// <summary>Rows to be there unless a newer one is: which of two is newer, the beginning of their values says (<see cref="RowCodec.IsNewer"/>).</summary>
    public IReadOnlyList<RemoteRow> Replacements { get; init; } = [];

    /// <summary>Whether it changes anything.</summary>
    public bool Writes => Opens || Additions.Count + Puts.Count + Deletions.Count + RangeDeletions.Count + Raises.Count + Forgets.Count + Replacements.Count > 0;
}
