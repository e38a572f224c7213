using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Tests.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>The narrow places in which a commit, its undoing, or the removal of what it replaces finds no memory: contract A2, D6, E1, and I1 of DESIGN.md.</summary>
[Collection(UnmanagedMemory.Name)]
public sealed class CommitWithoutMemoryTests : IDisposable
{
    private const byte Key = 7;
    private const byte Other = 8;
    private const int ValueLength = 3;
    private const int TooLong = 2_000_000;
    private const ulong Long = 1_000; // Versions of a long chain.

    // What an entry of a key that is there takes, and a record without one.
    private static readonly int EntryRoom = LimitedBuffer.RoomFor(NativeEntry.SizeOf(ValueLength));
    private static readonly int RecordRoom = LimitedBuffer.RoomFor(NativeRecord.SizeOf(1, null));
    private static readonly int BornWithEntryRoom = LimitedBuffer.RoomFor(NativeRecord.SizeOf(1, ValueLength));

    private readonly LimitedBuffer _buffer = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A2_I1_ACommitWhoseKeyTheTableCannotTakeInIsANoOp(bool isAfterARemovedRecord)
    {
        if (isAfterARemovedRecord)
        {
            // The record leaves the table, whose segment goes with it, but finds no memory to leave the tree.
            _buffer.Commit(1, (Key, ValueLength));
            _buffer.LeaveRoom(0);
            _buffer.EvictAll();
            _buffer.GiveMemoryBack();
            _buffer.Buffer.Tree.Count.Should().Be(1);
            _buffer.Find(Key).Should().BeNull();
        }

        // The tree takes the commit's record over; the table would need a segment.
        _buffer.LeaveRoom(BornWithEntryRoom);
        CommitFails(2, (Key, ValueLength));

        _buffer.Published.Sequence.Should().Be(isAfterARemovedRecord ? 2UL : 1, "it is published as a no-op");
        _buffer.Published.Highest.Value.Should().Be(isAfterARemovedRecord ? 1UL : 0);
        _buffer.Find(Key).Should().BeNull();
        _buffer.Buffer.Accounting.Versions.Should().Be(0);
        _buffer.GiveMemoryBack();
        _buffer.Commit(2, (Key, ValueLength));
        _buffer.Find(Key).Should().Be(2);
        _buffer.Commit(3, (Key, ValueLength), (Other, ValueLength));
        _buffer.Find(Key).Should().Be(3);
        _buffer.RequireEmptyAfterEviction();
    }

    [Fact]
    public void D6_ARecordThatFindsNoMemoryToLeaveTheTreeLeavesItLater()
    {
        _buffer.Commit(1, (Key, ValueLength), (Other, ValueLength));
        _buffer.LeaveRoom(0);
        _buffer.EvictAll();
        _buffer.EvictAll();

        // One of them is replaced meanwhile, which the tree does without memory.
        _buffer.GiveMemoryBack();
        _buffer.Commit(2, (Key, ValueLength));
        _buffer.Find(Key).Should().Be(2);
        _buffer.Find(Other).Should().BeNull();
        _buffer.Reclaim(0);
        _buffer.Find(Key).Should().Be(2);
        _buffer.RequireEmptyAfterEviction();
    }

    [Fact]
    public void A2_I1_AnAbortThatFindsNoMemoryHidesItsEntryForGood()
    {
        AbortWithoutMemory();
        _buffer.Buffer.Accounting.Versions.Should().Be((long)Long + 1, "the entry could not be taken out");
        _buffer.Published.Sequence.Should().Be(Long + 1);
        RequireNewest(Long);

        // The store goes on, with and without memory for a new chain, above and below.
        _buffer.Commit(Long + 5, (Key, ValueLength), (Other, ValueLength));
        RequireNewest(Long + 5);
        _buffer.Find(Key, Long + 4).Should().Be(Long);
        _buffer.Commit(Long + 3, (Key, ValueLength));
        RequireNewest(Long + 5);
        _buffer.Find(Key, Long + 4).Should().Be(Long + 3);
        _buffer.Find(Key, Long + 2).Should().Be(Long);
        _buffer.RequireEmptyAfterEviction();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A4_TheVersionOfAnAbortThatFoundNoMemoryCanBeWrittenAgainOnce(bool isLate)
    {
        AbortWithoutMemory();
        if (isLate)
        {
            _buffer.Commit(Long + 5, (Other, ValueLength));
        }

        _buffer.Commit(Long + 1, (Key, ValueLength));
        RequireNewest(Long + 1);
        BufferInvariants.Check(_buffer.Buffer);
        FluentActions.Invoking(() => _buffer.Commit(Long + 1, (Key, ValueLength))).Should().Throw<DuplicateVersionException>();
        _buffer.Reclaim(Long + 1);
        _buffer.Find(Key).Should().Be(Long + 1);
        _buffer.RequireEmptyAfterEviction();
    }

    [Theory]
    [InlineData(Long)] // Below the hidden entry.
    [InlineData(Long + 5)] // Above.
    public void E1_ReclamationDoesNotTakeAHiddenEntryForOneThatIsSeen(ulong floor)
    {
        AbortWithoutMemory();
        _buffer.Commit(Long + 5, (Other, ValueLength));

        var reclaimed = _buffer.Reclaim(floor);

        reclaimed.ReclaimedVersions.Should().Be((long)Long - 1, "one of the versions that were published stays");
        reclaimed.ScannedVersions.Should().Be((long)Long + 1);
        RequireNewest(Long);
        _buffer.Buffer.Accounting.Versions.Should().Be(2, "the hidden entry is gone");
        _buffer.RequireEmptyAfterEviction();
    }

    [Fact]
    public void D6_AHiddenEntryDoesNotKeepWhatIsNewerInMemory()
    {
        AbortWithoutMemory();
        _buffer.Commit(Long + 5, (Key, ValueLength));
        _buffer.EvictAll();
        _buffer.Find(Key).Should().BeNull();
        _buffer.RequireEmptyAfterEviction();
    }

    [Fact]
    public void D6_WithoutMemoryEvictionAndReclamationLeaveAChainAsItIs()
    {
        for (ulong version = 1; version <= Long; version++)
        {
            _buffer.Commit(version, (Key, ValueLength));
        }

        _buffer.LeaveRoom(0);
        _buffer.Reclaim(Long / 2);
        _buffer.Buffer.Accounting.Versions.Should().Be((long)Long);
        _buffer.Find(Key, 10).Should().Be(10);
        _buffer.GiveMemoryBack();
        _buffer.Reclaim(Long / 2);
        _buffer.Buffer.Accounting.Versions.Should().Be(((long)Long / 2) + 1);
        _buffer.RequireEmptyAfterEviction();
    }

    public void Dispose() => _buffer.Dispose();

    // The chain has room for one more, so only the entry needs memory; to take it out again a new block does.
    private void AbortWithoutMemory()
    {
        for (ulong version = 1; version <= Long; version++)
        {
            _buffer.Commit(version, (Key, ValueLength));
        }

        _buffer.LeaveRoom(EntryRoom + RecordRoom);
        CommitFails(Long + 1, (Key, ValueLength), (Other, TooLong));
        _buffer.GiveMemoryBack();
    }

    private void CommitFails(ulong version, params (byte Key, int ValueLength)[] sets)
        => FluentActions.Invoking(() => _buffer.Commit(version, sets)).Should().Throw<OutOfMemoryException>();

    private void RequireNewest(ulong version)
    {
        _buffer.Find(Key).Should().Be(version);
        _buffer.Find(Key, Long).Should().Be(Long);
        _buffer.Find(Key, version).Should().Be(version);
    }
}
