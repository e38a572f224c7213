using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Adds up, for one tier, why entries stay, what may go, and what goes as soon as one pin closes: an entry that stays only because of pins, and that
/// one pin alone sees, or a deletion that goes once nobody sees anything older. This is the one place where a survey asks the rule. Not safe for concurrent use.
/// </summary>
internal sealed class ReclamationLedger(RetentionRule rule)
{
    private readonly VersionTotals[] _byReason = new VersionTotals[Enum.GetValues<RetentionReason>().Length];
    private readonly Dictionary<Pin, VersionTotals> _heldAlone = [];
    private VersionStamp[] _stamps = new VersionStamp[16];
    private RetentionVerdict[] _verdicts = new RetentionVerdict[16];

    /// <summary>Entries looked at.</summary>
    public long Versions { get; private set; }

    /// <summary>The verdicts on the entries of a key; valid until the next call.</summary>
    public ReadOnlySpan<RetentionVerdict> Judge(ReadOnlySpan<byte> key, ReadOnlySpan<SurveyEntry> newestFirst)
    {
        var stamps = StampsOf(newestFirst);
        rule.Explain(key, stamps, _verdicts.AsSpan(0, stamps.Length));
        return _verdicts.AsSpan(0, stamps.Length);
    }

    /// <summary>The identities of the entries of a key, as the rule sees them; valid until the next call.</summary>
    public ReadOnlySpan<VersionStamp> StampsOf(ReadOnlySpan<SurveyEntry> newestFirst)
    {
        if (_stamps.Length < newestFirst.Length)
        {
            _stamps = new VersionStamp[newestFirst.Length * 2];
            _verdicts = new RetentionVerdict[newestFirst.Length * 2];
        }

        for (var i = 0; i < newestFirst.Length; i++)
        {
            _stamps[i] = new VersionStamp(newestFirst[i].Version, newestFirst[i].Sequence) { IsTombstone = newestFirst[i].IsTombstone };
        }

        return _stamps.AsSpan(0, newestFirst.Length);
    }

    /// <summary>Adds the entries of a key.</summary>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<SurveyEntry> newestFirst)
    {
        var verdicts = Judge(key, newestFirst);
        Versions += newestFirst.Length;
        for (var i = 0; i < verdicts.Length; i++)
        {
            var bytes = key.Length + newestFirst[i].ValueBytes;
            ref var total = ref _byReason[(int)verdicts[i].Reason];
            total = total.Plus(bytes);
            if (verdicts[i] is { Reason: RetentionReason.Pinned, Pins: 1, Pin: { } pin })
            {
                AddHeldAlone(pin, bytes);
            }
        }

        if (rule.DeletionHeldByOne(key, StampsOf(newestFirst)) is (var deletion and >= 0, var holder))
        {
            AddHeldAlone(holder, key.Length + newestFirst[deletion].ValueBytes);
        }
    }

    /// <summary>The entries of one verdict.</summary>
    public VersionTotals Of(RetentionReason reason) => _byReason[(int)reason];

    /// <summary>The entries of every verdict.</summary>
    public IReadOnlyDictionary<RetentionReason, VersionTotals> ByReason() => Enum.GetValues<RetentionReason>().ToDictionary(reason => reason, Of);

    /// <summary>What would go if this pin were not, however many hold it.</summary>
    public VersionTotals HeldAloneBy(Pin pin) => _heldAlone.GetValueOrDefault(pin);

    private void AddHeldAlone(Pin pin, long bytes) => _heldAlone[pin] = _heldAlone.GetValueOrDefault(pin).Plus(bytes);
}
