using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MvStore.Reliability.Tiers;

/// <summary>
/// What a persistent tier holds, all of it, and what it must hold after a write, by the words of <see cref="IPersistentTier"/> alone.
/// Immutable.
/// </summary>
internal sealed class TierContent
{
    private static readonly Comparer<TierRow> KeyThenNewest = Comparer<TierRow>.Create(static (x, y) =>
    {
        var order = x.Key.Span.SequenceCompareTo(y.Key.Span);
        return order != 0 ? order : y.Version.CompareTo(x.Version);
    });

    private readonly SortedSet<TierRow> _rows;
    private readonly FloorSet _kinds;
    private readonly IReadOnlyDictionary<string, CommitVersion> _keyFloors; // by key in hex
    private readonly IReadOnlySet<(string Key, CommitVersion Version)> _drops;
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _notes;
    private readonly Lazy<string> _text;

    private TierContent(
        ulong sequence,
        CommitVersion highest,
        SortedSet<TierRow> rows,
        FloorSet kinds,
        IReadOnlyDictionary<string, CommitVersion> keyFloors,
        IReadOnlySet<(string Key, CommitVersion Version)> drops,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> notes)
    {
        Sequence = sequence;
        Highest = highest;
        _rows = rows;
        _kinds = kinds;
        _keyFloors = keyFloors;
        _drops = drops;
        _notes = notes;
        _text = new Lazy<string>(Render);
    }

    /// <summary>What a new tier holds.</summary>
    public static TierContent Empty { get; } = new(
        0,
        CommitVersion.Zero,
        new SortedSet<TierRow>(KeyThenNewest),
        FloorSet.None,
        new Dictionary<string, CommitVersion>(),
        new HashSet<(string, CommitVersion)>(),
        new Dictionary<string, ReadOnlyMemory<byte>>());

    /// <summary>The durable mark.</summary>
    public ulong Sequence { get; }

    /// <summary>The highest version of the publications up to it.</summary>
    public CommitVersion Highest { get; }

    /// <summary>The floor of keys that have none of their own.</summary>
    public CommitVersion Floor => _kinds.Of(EntryKind.Multi);

    /// <summary>Every entry.</summary>
    public IReadOnlyCollection<TierRow> Rows => _rows;

    /// <summary>The drops that wait, key in hex.</summary>
    public IReadOnlySet<(string Key, CommitVersion Version)> Drops => _drops;

    /// <summary>All of it in words: the same text is the same content.</summary>
    public string Text => _text.Value;

    /// <summary>Reads a tier that was just opened.</summary>
    public static async Task<TierContent> ReadAsync(IPersistentTier tier, TierState state)
    {
        var rows = new SortedSet<TierRow>(KeyThenNewest);
        TierPosition? after = null;
        do
        {
            var scan = new TierScan(
                KeyRange.All, new TierView(CommitVersion.Latest, ulong.MaxValue >> 1), TierScanMode.History, ScanDirection.Forward, 1_000, After: after);
            var page = await tier.ScanAsync(scan, CancellationToken.None);
            rows.UnionWith(page.Rows);
            after = page.Next;
        }
        while (after is not null);
        return new TierContent(
            state.DurableSequence,
            state.HighestVersion,
            rows,
            state.Floors.Kinds,
            state.Floors.ByKey.ToDictionary(f => Hex(f.Key), f => f.Version),
            state.Drops.Select(d => (Hex(d.Key), d.Version)).ToHashSet(),
            state.Notes);
    }

    /// <summary>After a slice.</summary>
    public TierContent After(TierBatch batch)
    {
        var rows = new SortedSet<TierRow>(_rows, KeyThenNewest);
        foreach (var row in batch.Rows)
        {
            // The memory of a slice is the tier's for the time of the call only.
            rows.Add(row with { Key = row.Key.ToArray(), Value = row.Value is { } value ? value.ToArray() : (ReadOnlyMemory<byte>?)null });
        }

        var highest = batch.HighestVersion > Highest ? batch.HighestVersion : Highest;
        var drops = _drops.Concat(batch.Drops.Select(d => (Hex(d.Key), d.Version))).ToHashSet();
        return new TierContent(batch.Sequence, highest, rows, _kinds, _keyFloors, drops, _notes);
    }

    /// <summary>After floors rose.</summary>
    public TierContent After(FloorSet floors, IReadOnlyList<KeyFloor> settled)
    {
        var keyFloors = new Dictionary<string, CommitVersion>(_keyFloors);
        var drops = _drops.ToHashSet();
        foreach (var (key, version) in settled)
        {
            var hex = Hex(key);
            drops.RemoveWhere(d => d.Key == hex && d.Version <= version);
            var floor = floors.ByKey.Of(key.Span);
            var stored = keyFloors.GetValueOrDefault(hex);
            if (floor > CommitVersion.Zero)
            {
                keyFloors[hex] = floor > stored ? floor : stored;
            }
            else if (stored <= version)
            {
                keyFloors.Remove(hex);
            }
        }

        return new TierContent(Sequence, Highest, _rows, _kinds.RaisedTo(floors.Kinds), keyFloors, drops, _notes);
    }

    /// <summary>After a note was set.</summary>
    public TierContent After(string name, ReadOnlyMemory<byte> content)
    {
        var notes = _notes.Where(n => n.Key != name).ToDictionary(n => n.Key, n => n.Value);
        if (!content.IsEmpty)
        {
            notes.Add(name, content.ToArray());
        }

        return new TierContent(Sequence, Highest, _rows, _kinds, _keyFloors, _drops, notes);
    }

    /// <summary>After a step of reclamation.</summary>
    public TierContent After(TierReclaimStep step)
    {
        var rows = new SortedSet<TierRow>(_rows, KeyThenNewest);
        var scanned = 0;
        foreach (var chain in _rows.GroupBy(r => Hex(r.Key)))
        {
            var entries = chain.ToArray();
            var key = entries[0].Key;
            if ((step.After is { } after && key.Span.SequenceCompareTo(after.Span) <= 0)
                || (step.Keys is { } keys && !keys.Any(k => k.Span.SequenceEqual(key.Span))))
            {
                continue;
            }

            if (scanned >= step.MaxVersions)
            {
                break;
            }

            // A walk over everything passes over the entries that are alone, unless they delete a key and may go.
            var isPassed = entries.Length == 1 && step.Keys is null && !(step.Rule.Plan.ReclaimsDeletedKeys && entries[0].IsTombstone);
            scanned += isPassed ? 0 : entries.Length;
            var keep = new bool[entries.Length];
            step.Rule.Decide(key.Span, entries.Select(e => new VersionStamp(e.Version, e.Sequence) { IsTombstone = e.IsTombstone }).ToArray(), keep);
            rows.ExceptWith(entries.Where((_, i) => !keep[i]));
        }

        return new TierContent(Sequence, Highest, rows, _kinds, _keyFloors, _drops, _notes);
    }

    /// <summary>The lowest version at which a read of a key may start.</summary>
    public CommitVersion FloorOf(ReadOnlyMemory<byte> key, IKeyClassifier classifier)
    {
        var ofKind = _kinds.Of(classifier.Classify(key.Span));
        var own = _keyFloors.GetValueOrDefault(Hex(key));
        return own > ofKind ? own : ofKind;
    }

    public override string ToString()
        => $"publications 1..{Sequence}, highest {Highest}, {_rows.Count} entries, floor {_kinds.Default}, {_keyFloors.Count} key floors, {_drops.Count} drops";

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);

    private string Render()
    {
        var text = new StringBuilder().AppendLine(ToString());
        foreach (var (kind, floor) in _kinds.ByKind.OrderBy(k => k.Key.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"floor {kind} {floor}");
        }

        foreach (var (key, floor) in _keyFloors.OrderBy(k => k.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"floor {key} {floor}");
        }

        foreach (var (key, version) in _drops.OrderBy(d => d.Key, StringComparer.Ordinal).ThenBy(d => d.Version))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"drop {key} {version}");
        }

        foreach (var (name, content) in _notes.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"note {name} {ValueText(content)}");
        }

        foreach (var row in _rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Hex(row.Key)} {row.Version} {row.Sequence} {ValueText(row.Value)}");
        }

        return text.ToString();
    }

    private static string ValueText(ReadOnlyMemory<byte>? value)
        => value is { } bytes
            ? bytes.Length <= 16 ? $"'{Hex(bytes)}'" : $"{bytes.Length}:{Convert.ToHexString(SHA256.HashData(bytes.Span))}"
            : "deleted";
}
