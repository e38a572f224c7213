using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Flushing;

/// <summary>What is copied ahead and not needed (I65): nobody reads memory for it any more, and the copies are given back, before the flusher has ended.</summary>
public sealed class SliceCopyTests : IDisposable
{
    private readonly NativeRows _native = new();

    public void Dispose() => _native.Dispose();

    [Fact]
    public async Task I65_WhoDropsACopyWaitsUntilItIsMadeAndGivesItBack()
    {
        var slice = Slice();
        var making = new TaskCompletionSource<SliceRows>(TaskCreationOptions.RunContinuationsAsynchronously);
        var dropping = new SliceCopy(slice, slice.LastSequence, making.Task).DropAsync();
        dropping.IsCompleted.Should().BeFalse("rows are read still");

        var rows = slice.CopyRows();
        rows.HeldBytes.Should().BePositive();
        making.SetResult(rows);
        await dropping.Guarded();

        rows.HeldBytes.Should().Be(0);
        rows.Should().BeEmpty();
    }

    [Fact]
    public async Task I65_ACopyThatWentWrongIsDroppedAsWell()
    {
        var failed = Task.FromException<SliceRows>(new InvalidOperationException("planned"));
        await new SliceCopy(Slice(), 1, failed).DropAsync().Guarded();
    }

    [Fact]
    public async Task I65_WhatIsCopiedOnAnotherThreadIsWhatIsCopiedAtOnce()
    {
        var slice = Slice();
        using var beside = await SliceCopy.Begin(slice, reach: 7).Rows.Guarded();
        using var atOnce = await SliceCopy.Make(slice, reach: 7).Rows.Guarded();

        beside.Select(Show).Should().Equal("a=y@1#1", "b=x@1#1");
        atOnce.Select(Show).Should().Equal(beside.Select(Show));
        SliceCopy.Make(slice, reach: 7).Reach.Should().Be(7);
    }

    private static string Show(TierRow row) => $"{Bytes.Text(row.Key)}={Bytes.Text(row.Value!.Value)}@{row.Version}#{row.Sequence}";

    private FlushSlice Slice()
    {
        var commit = new PreparedCommit(1, [], entryCount: 2, dropCount: 0)
        {
            Bytes = 4,
            KeepsRows = true,
            Rows = [_native.Add(Bytes.Of("b"), 1, 1, Bytes.Of("x")), _native.Add(Bytes.Of("a"), 1, 1, Bytes.Of("y"))],
        };
        commit.Stamp(1);
        return new FlushSlice(0, [commit]);
    }
}
