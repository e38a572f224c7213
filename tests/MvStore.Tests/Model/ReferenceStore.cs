namespace MvStore.Tests.Model;

/// <summary>
/// The store as the contract describes it, in the plainest way that can be right: a list of every entry ever published, never pruned,
/// sorted by key and then newest version first. Every question is one walk over the list. Tiers, flushes, eviction and reclamation do
/// not exist here, except as the floor, which the run sets, and as the rule of what must be kept.
/// </summary>
internal sealed class ReferenceStore(IKeyClassifier classifier)
{
    private readonly List<ReferenceEntry> _entries = [];
    private readonly List<ReferencePublication> _publications = [];
    private readonly List<(byte[] Key, ulong Version)> _drops = [];
    private readonly HashSet<string> _forgotten = [];
    private readonly HashSet<(string Key, ulong Version)> _doubtful = [];

    public IReadOnlyList<ReferenceEntry> Entries => _entries;

    /// <summary>How many entries there ever were, those that went among them.</summary>
    public int EverPublished { get; private set; }

    /// <summary>How many commits were published.</summary>
    public ulong Sequence => (ulong)_publications.Count;

    /// <summary>The highest published version.</summary>
    public ulong Highest => _publications.Count == 0 ? 0 : _publications.Max(p => p.Version);

    public ReferenceFloors Floors { get; private set; } = new(FloorSet.None, [], classifier);

    /// <summary>How many commits are known to be on disk, because someone waited for it.</summary>
    public ulong Durable { get; private set; }

    /// <summary>How many commits are known to be in the persistent tier. Fewer than are durable when there is a commit log.</summary>
    public ulong Flushed { get; private set; }

    /// <summary>What a reader that starts now sees at a version.</summary>
    public ReferenceView Now(CommitVersion at) => new(at == CommitVersion.Latest ? Highest : at.Value, Sequence);

    public void MarkDurable() => Durable = Sequence;

    public void MarkFlushed() => Durable = Flushed = Sequence;

    /// <summary>Sets the floors of kinds, and of the keys that have one above that of their kind.</summary>
    public void RaiseFloors(FloorSet kinds, IEnumerable<(byte[] Key, ulong Floor)> keys)
        => Floors = new ReferenceFloors(kinds, [.. keys.Where(k => k.Floor > kinds.Of(classifier.Classify(k.Key)).Value)], classifier);

    /// <summary>The highest version, up to a bound, at which a key was dropped; 0 when it was not. Its own floor may rise to there.</summary>
    public ulong DroppedUpTo(byte[] key, ulong bound)
        => _drops.Where(d => d.Version <= bound && Same(d.Key, key)).Select(d => d.Version).DefaultIfEmpty().Max();

    /// <summary>The highest version with everything at or below it on disk, if the disk had the publications up to one of them.</summary>
    public ulong DurableVersionAt(ulong sequence)
    {
        var onDisk = _publications.Where(p => p.Sequence <= sequence).Select(p => p.Version).DefaultIfEmpty().Max();
        var pending = _publications.Where(p => p.Sequence > sequence).Select(p => p.Version).DefaultIfEmpty(ulong.MaxValue).Min();
        return Math.Min(onDisk, pending - 1);
    }

    /// <summary>Whether a key was ever dropped.</summary>
    public bool HasDrops => _drops.Count > 0;

    public ulong FloorOf(byte[] key) => Floors.Of(key);

    public EntryKind KindOf(byte[] key) => classifier.Classify(key);

    /// <summary>The keys of a batch that have an entry at its version already.</summary>
    public IEnumerable<byte[]> Duplicates(ulong version, IEnumerable<Delta> deltas)
        => LastOfEachKey(deltas)
            .Where(d => d.Kind != DeltaKind.Drop)
            .Select(d => d.Key.ToArray())
            .Where(key => _entries.Exists(e => e.Version == version && Same(e.Key, key)));

    public ulong Publish(ulong version, IEnumerable<Delta> deltas)
    {
        var sequence = Sequence + 1;
        _publications.Add(new ReferencePublication(version, sequence));
        foreach (var delta in LastOfEachKey(deltas).Where(d => d.Kind != DeltaKind.Drop))
        {
            var value = delta.Kind == DeltaKind.Set ? delta.Value.ToArray() : null;
            _entries.Add(new ReferenceEntry(delta.Key.ToArray(), version, sequence, value));
            EverPublished++;
        }

        _drops.AddRange(LastOfEachKey(deltas).Where(d => d.Kind == DeltaKind.Drop).Select(d => (d.Key.ToArray(), version)));
        _entries.Sort(KeyThenNewestFirst);
        return sequence;
    }

    /// <summary>The newest entry of a key that a view sees, tombstone or not.</summary>
    public ReferenceEntry? Newest(byte[] key, ReferenceView view) => _entries.Find(e => Same(e.Key, key) && view.Sees(e));

    public VersionedRow? Get(byte[] key, ReferenceView view) => Newest(key, view) is { IsTombstone: false } entry ? entry.Row : null;

    public IReadOnlyList<VersionedRow> GetMany(IEnumerable<byte[]> keys, ReferenceView view)
    {
        var wanted = keys.ToList();
        return [.. Scan(KeyRange.All, view, 0, ScanDirection.Forward).Where(r => wanted.Exists(k => Same(k, r.Key.Span)))];
    }

    /// <summary>Per key the newest entry in the window, unless it is a tombstone.</summary>
    public IReadOnlyList<VersionedRow> Scan(KeyRange range, ReferenceView view, ulong after, ScanDirection direction)
    {
        var rows = Chains(range)
            .Select(chain => chain.Find(e => e.Version > after && view.Sees(e)))
            .Where(e => e is { IsTombstone: false })
            .Select(e => e!.Row);
        return [.. direction == ScanDirection.Forward ? rows : rows.Reverse()];
    }

    /// <summary>
    /// Every entry a view sees, per key down to the newest one at or below the floor, or to what the view itself sees when that is lower.
    /// </summary>
    public IReadOnlyList<ReferenceEntry> History(KeyRange range, ReferenceView view, ReferenceFloors floors)
    {
        var history = new List<ReferenceEntry>();
        foreach (var chain in Chains(range))
        {
            var floor = floors.Of(chain[0].Key);
            foreach (var entry in chain.Where(view.Sees))
            {
                history.Add(entry);
                if (entry.Version <= floor)
                {
                    break;
                }
            }
        }

        return history;
    }

    /// <summary>
    /// What reclamation leaves (contract E1): entries above the floor of their key, the newest at or below it, and what each pin sees.
    /// Everything else is gone.
    /// </summary>
    /// <param name="pins">What the pins see of the keys they are asked about.</param>
    /// <param name="perKey">How many versions of each key stay at or below its floor.</param>
    public IReadOnlySet<ReferenceEntry> Kept(Func<byte[], IEnumerable<ReferenceView>> pins, int perKey)
    {
        var kept = new HashSet<ReferenceEntry>(ReferenceEqualityComparer.Instance);
        foreach (var chain in Chains(KeyRange.All))
        {
            var floor = FloorOf(chain[0].Key);
            kept.UnionWith(chain.Where(e => e.Version > floor));
            kept.UnionWith(chain.Where(e => e.Version <= floor).Take(perKey));
            foreach (var pin in pins(chain[0].Key))
            {
                kept.UnionWith(chain.Where(pin.Sees).Take(1));
            }
        }

        return kept;
    }

    /// <summary>The keys that are deleted at or below their floor: their deletion, and whether a view sees it or anything older.</summary>
    public IReadOnlyList<ReferenceEntry> DeletedKeys()
        => [.. Chains(KeyRange.All)
            .Select(chain => chain.Find(e => e.Version <= FloorOf(e.Key)))
            .Where(e => e is { IsTombstone: true })
            .Select(e => e!)];

    /// <summary>Whether a view sees an entry or, in its place, an older one of its key.</summary>
    public bool SeesUpTo(ReferenceView view, ReferenceEntry entry) => Newest(entry.Key, view) is { } seen && seen.Version <= entry.Version;

    /// <summary>
    /// The same for whoever has no more than a disk may have. What a view sees in the place of a deletion may be in memory only: then the disk, which is asked by itself, keeps the deletion for it.
    /// </summary>
    public bool MaySeeUpToOnDisk(ReferenceView view, ReferenceEntry entry)
    {
        var onDisk = Math.Max(Flushed, entry.Sequence);
        return _entries.Find(e => e.Sequence <= onDisk && Same(e.Key, entry.Key) && view.Sees(e)) is { } seen && seen.Version <= entry.Version;
    }

    /// <summary>A deletion went, with everything older of its key: it is as if none of it had ever been.</summary>
    public void Forget(ReferenceEntry deletion)
    {
        _forgotten.Add(Convert.ToHexString(deletion.Key));
        _entries.RemoveAll(e => Same(e.Key, deletion.Key) && e.Version <= deletion.Version);
    }

    /// <summary>A deletion went from memory, and the disk may keep it: it is there, or not, depending on who is asked.</summary>
    public void Doubt(ReferenceEntry deletion) => _doubtful.Add((Convert.ToHexString(deletion.Key), deletion.Version));

    /// <summary>Whether an entry is such a deletion.</summary>
    public bool IsDoubtful(ReadOnlySpan<byte> key, CommitVersion version) => _doubtful.Contains((Convert.ToHexString(key), version.Value));

    /// <summary>Whether a deletion of a key went.</summary>
    public bool HasForgotten(byte[] key) => _forgotten.Contains(Convert.ToHexString(key));

    /// <summary>
    /// Whether a floor that rose may have let go of entries at or below it that a view captured earlier sees: it did so because of newer
    /// ones, and some of those were published after the view was captured.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="floors">The floors when it was captured.</param>
    /// <param name="key">A key.</param>
    public bool IsUndermined(ReferenceView view, ReferenceFloors floors, byte[] key)
    {
        if (!Floors.HasRisenFor(key, floors))
        {
            return false;
        }

        var highest = _publications.Where(p => p.Sequence <= view.Sequence).Select(p => p.Version).DefaultIfEmpty().Max();
        return FloorOf(key) > highest || IsAnyLateAfter(view.Sequence, highest);
    }

    private bool IsAnyLateAfter(ulong sequence, ulong highest)
    {
        foreach (var publication in _publications.Where(p => p.Sequence > sequence))
        {
            if (publication.Version <= highest)
            {
                return true;
            }

            highest = publication.Version;
        }

        return false;
    }

    private static IEnumerable<Delta> LastOfEachKey(IEnumerable<Delta> deltas)
        => deltas.Reverse().DistinctBy(d => Convert.ToHexString(d.Key.Span));

    private static bool Same(byte[] left, ReadOnlySpan<byte> right) => left.AsSpan().SequenceEqual(right);

    private static int KeyThenNewestFirst(ReferenceEntry left, ReferenceEntry right)
    {
        var order = left.Key.AsSpan().SequenceCompareTo(right.Key);
        return order != 0 ? order : right.Version.CompareTo(left.Version);
    }

    /// <summary>The entries of a range, key by key, newest first.</summary>
    private IEnumerable<List<ReferenceEntry>> Chains(KeyRange range)
        => _entries
            .Where(e => range.Contains(e.Key))
            .GroupBy(e => Convert.ToHexString(e.Key))
            .Select(group => group.ToList());
}
