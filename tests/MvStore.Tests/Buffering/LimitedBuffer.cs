using System.Numerics;
using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Reading;
using MvStore.Tests.Contract;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Unmanaged;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>The committing stage over a buffer whose memory a test can take away down to the byte. Everything runs on the caller's thread.</summary>
internal sealed unsafe class LimitedBuffer : IDisposable
{
    // What a checked heap adds to a block, and rounds it up to.
    private const int Guard = 32;
    private const int Granule = SizeClasses.Granule;

    private readonly CountedMemory _memory = new();
    private readonly NativeHeap _heap;
    private readonly CommitSequencer _sequencer = new(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), queue: null, feed: null);
    private readonly Committer _committer;
    private readonly BufferTrimmer _trimmer;
    private readonly long _liveBytesWhenEmpty;
    private nint _filler;
    private nuint _fillerSize;

    public LimitedBuffer()
    {
        _heap = new NativeHeap(isChecked: true, _memory);
        Buffer = new VersionBuffer(new KindByFirstByte(), isWhole: true, _heap);
        _trimmer = new BufferTrimmer(Buffer);
        _committer = new Committer(
            new CommitLimits(new BufferOptions()),
            new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false),
            _sequencer,
            Buffer,
            new LateCommitChecker(_sequencer, new TieredReader(Buffer, tier: null)),
            new OpenGate(),
            durability: null);
        _liveBytesWhenEmpty = _heap.LiveBytes;
    }

    public VersionBuffer Buffer { get; }

    public Publication Published => _sequencer.Current;

    /// <summary>The room a block takes in this heap.</summary>
    public static int RoomFor(nuint size) => ((int)size + Guard + Granule - 1) / Granule * Granule;

    /// <summary>Leaves room for so many bytes of blocks, and nothing more.</summary>
    public void LeaveRoom(int room)
    {
        OpenBatches(Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 2), 4, HeapStripe.Most));
        using var lease = _heap.Lease();
        _fillerSize = (nuint)(HeapChunk.Size - room - Guard);
        _filler = (nint)lease.Allocate(_fillerSize);
        _memory.Limit = _memory.Taken;
    }

    /// <summary>There is memory again.</summary>
    public void GiveMemoryBack()
    {
        _memory.Limit = long.MaxValue;
        using var lease = _heap.Lease();
        lease.Free((void*)_filler, _fillerSize);
    }

    public void Commit(ulong version, params (byte Key, int ValueLength)[] sets)
    {
        var batch = new WriteBatch();
        foreach (var (key, length) in sets)
        {
            batch.Set([key], ValueOf(version, length));
        }

        var receipt = _committer.CommitAsync(batch, version, Durability.Buffered, CancellationToken.None).AsTask();
        receipt.IsCompleted.Should().BeTrue("it waits for nothing but memory");
        _ = receipt.GetAwaiter().GetResult();
    }

    /// <summary>The version that the newest view, and one at a version, sees of a key: by hash, in order, and first of its history; all must agree.</summary>
    public ulong? Find(byte key, ulong at = ulong.MaxValue)
    {
        using var epoch = Buffer.Enter();
        var view = Published.ViewAt(at);
        Span<BufferedRow> rows = stackalloc BufferedRow[4];
        var found = VersionOf(Buffer.Find([key], KeyHash.Of([key]), view));
        var count = Buffer.FindVersions([key], view, rows);
        (count == 0 ? null : VersionOf(rows[0])).Should().Be(found);
        count = Buffer.Seek(KeyRange.Exactly([key]), ScanDirection.Forward).Read(view, rows);
        (count == 0 ? null : VersionOf(rows[0])).Should().Be(found);
        return found;
    }

    /// <summary>Evicts all that is published, as if it were on disk.</summary>
    public void EvictAll() => _trimmer.Evict(0, Published.Sequence, Published.Visible);

    public BufferReclaimed Reclaim(ulong floor)
        => _trimmer.Reclaim(new RetentionRule(new FloorSet(floor, []), [], new KindByFirstByte()), CancellationToken.None);

    /// <summary>Takes out everything and demands that nothing is left.</summary>
    public void RequireEmptyAfterEviction()
    {
        Reclaim(0);
        BufferInvariants.Check(Buffer);
        EvictAll();
        BufferInvariants.Check(Buffer);
        Buffer.Tree.Count.Should().Be(0);
        Buffer.Accounting.Bytes.Should().Be(0);
        _heap.LiveBytes.Should().Be(_liveBytesWhenEmpty);
    }

    public void Dispose() => Buffer.Dispose();

    private static byte[] ValueOf(ulong version, int length)
    {
        var value = new byte[length];
        Array.Fill(value, (byte)version);
        return value;
    }

    private static ulong? VersionOf(BufferedRow row) => row.HasEntry ? row.Version.Value : null;

    // Every stripe gets a list for what is retired: without one a block that is retired is lost until the heap goes.
    private void OpenBatches(int stripes)
    {
        using var lease = _heap.Lease();
        lease.Retire(lease.Allocate(1), 1);
        if (stripes > 1)
        {
            OpenBatches(stripes - 1);
        }
    }
}
