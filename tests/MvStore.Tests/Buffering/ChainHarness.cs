using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Tests.Contract;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>One record with its chain in a heap of its own, beside the list of entries it must agree with.</summary>
internal sealed unsafe class ChainHarness : IDisposable
{
    public const int MaxVersion = 8;

    private static readonly byte[] Key = [1, 2, 3];

    private readonly NativeHeap _heap;
    private readonly BufferAccounting _accounting = new(new KindByFirstByte());
    private readonly NativeRecord* _record;
    private readonly List<nint> _entries = []; // Newest first.

    /// <param name="isChecked">Whether the heap is.</param>
    /// <param name="inlineVersion">The version of an entry it is born with; null for none.</param>
    public ChainHarness(bool isChecked = true, ulong? inlineVersion = null)
    {
        _heap = new NativeHeap(isChecked);
        using var lease = _heap.Lease();
        var size = NativeRecord.SizeOf(Key.Length, inlineVersion is null ? null : 5);
        _record = (NativeRecord*)lease.Allocate(size);
        NativeRecord.Initialize(_record, Key, kind: 0, inlineVersion is not null);
        _accounting.Add(0, 0, (long)NativeHeap.BlockSize(size));
        if (inlineVersion is { } version)
        {
            var entry = NativeRecord.InlineEntryOf(_record);
            NativeEntry.Write(entry, version, ++Sequence, isTombstone: false, isFinal: true, [1, 2, 3, 4, 5]);
            VersionChain.Begin(_record, entry);
            _accounting.Add(0, 1, 0);
            _entries.Add((nint)entry);
        }
    }

    /// <summary>The sequence of the last entry.</summary>
    public ulong Sequence { get; private set; }

    public int Count => _entries.Count;

    public NativeHeap Heap => _heap;

    public NativeEntry* this[int index] => (NativeEntry*)_entries[index];

    /// <summary>Links an entry, final if it is fresh or the chain is complete where it goes.</summary>
    public void Add(ulong version, bool isFresh = false, int valueLength = 3)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var isFinal = isFresh || VersionChain.IsCompleteAt(_record, version);
        var entry = (NativeEntry*)lease.Allocate(NativeEntry.SizeOf(valueLength));
        NativeEntry.Write(entry, version, ++Sequence, isTombstone: valueLength == 0, isFinal, new byte[valueLength]);
        var grown = VersionChain.Link(lease, _record, entry);
        _accounting.Add(0, 1, grown + (long)NativeHeap.BlockSize(NativeEntry.SizeOf(valueLength)));
        var at = _entries.FindIndex(e => ((NativeEntry*)e)->Version < version);
        _entries.Insert(at < 0 ? _entries.Count : at, (nint)entry);
    }

    /// <summary>Leaves in the chain those entries, newest first, for which the rule says so.</summary>
    public void Keep(Func<int, bool> isKept)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var figures = new LinkedFigures(_accounting);
        using (var edit = new ChainEdit(_record))
        {
            edit.Count.Should().Be(_entries.Count);
            for (var i = 0; i < edit.Count; i++)
            {
                ((nint)edit[i]).Should().Be(_entries[i]);
                edit.Keep[i] = isKept(i);
            }

            edit.Apply(lease, ref figures);
        }

        figures.Flush();
        var index = 0;
        _entries.RemoveAll(_ => !isKept(index++));
    }

    /// <summary>The newest entry of a view; 0 when there is none.</summary>
    public nint Find(TierView view)
    {
        using var epoch = EpochGuard.Enter();
        return (nint)VersionChain.Find(_record, view);
    }

    /// <summary>Demands of every view that it sees what it must, and that every byte is accounted for.</summary>
    public void Verify()
    {
        using var epoch = EpochGuard.Enter();
        for (ulong at = 0; at <= MaxVersion; at++)
        {
            for (ulong sequence = 0; sequence <= Sequence; sequence++)
            {
                VerifyView(new TierView(at, sequence));
            }
        }

        VerifyMemory();
    }

    public void VerifyMemory()
    {
        VersionChain.CountOf(_record).Should().Be(_entries.Count);
        var bytes = (long)NativeHeap.BlockSize(NativeRecord.SizeOf(_record)) + VersionChain.SizeOf(_record);
        bytes += _entries.Where(e => (NativeEntry*)e != NativeRecord.InlineEntryOf(_record))
            .Sum(e => (long)NativeHeap.BlockSize(NativeEntry.SizeOf(((NativeEntry*)e)->ValueLength)));
        Require(_heap.LiveBytes == bytes, $"{_heap.LiveBytes} bytes are in use, {bytes} are needed");
        Require(_accounting.Bytes == bytes, $"{_accounting.Bytes} bytes are accounted for, {bytes} are needed");
        Require(_accounting.Versions == _entries.Count, $"{_accounting.Versions} versions are accounted for");
    }

    public void Dispose() => _heap.Dispose();

    private void VerifyView(TierView view)
    {
        Span<BufferedRow> rows = stackalloc BufferedRow[MaxVersion + 1];
        var seen = _entries.Where(e => view.CanSee(((NativeEntry*)e)->Version, ((NativeEntry*)e)->Sequence)).ToArray();
        Require((nint)VersionChain.Find(_record, view) == seen.FirstOrDefault(), $"the newest of {view}");
        foreach (var size in (int[])[1, 2, rows.Length])
        {
            var count = VersionChain.FindVersions(_record, view, rows[..size]);
            Require(count == Math.Min(size, seen.Length), $"{size} versions of {view}");
            for (var i = 0; i < count; i++)
            {
                Require(rows[i].Version == ((NativeEntry*)seen[i])->Version && rows[i].Sequence == ((NativeEntry*)seen[i])->Sequence, $"version {i} of {view}");
            }
        }
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            Assert.Fail($"Wrong: {what}.");
        }
    }
}
