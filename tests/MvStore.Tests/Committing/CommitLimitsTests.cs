using MvStore.Committing;

namespace MvStore.Tests.Committing;

/// <summary>Each limit of a batch, at it and over it, and whose limit the refusal says it is (contract A3).</summary>
public sealed class CommitLimitsTests
{
    private static readonly BufferOptions Options = new() { MaxKeyLength = 4, MaxValueLength = 6 };

    [Theory]
    [InlineData(3, 5, "the persistent tier's")]
    [InlineData(9, 9, "Buffer.Max")]
    [InlineData(4, 6, "Buffer.Max")]
    public void A3_TheLowerOfTwoLimitsCountsAndIsNamed(int tierKey, int tierValue, string whose)
    {
        var limits = new CommitLimits(Options, new TierCapabilities { MaxKeyLength = tierKey, MaxValueLength = tierValue });
        var (key, value) = (Math.Min(4, tierKey), Math.Min(6, tierValue));
        limits.RequireWithinLimits(Batch(key, value));
        Refusal(() => limits.RequireWithinLimits(Batch(key + 1, value))).Should().Be($"The key of delta 1 has {key + 1} bytes; the limit is {key} ({Whole(whose, "KeyLength")}). Nothing was applied.");
        Refusal(() => limits.RequireWithinLimits(Batch(key, value + 1))).Should().Be($"The value of delta 1 has {value + 1} bytes; the limit is {value} ({Whole(whose, "ValueLength")}). Nothing was applied.");

        static string Whole(string whose, string what) => whose.StartsWith("Buffer", StringComparison.Ordinal) ? whose + what : whose;
    }

    [Fact]
    public void A3_WithoutATierTheOptionsCount()
    {
        var limits = new CommitLimits(Options);
        limits.RequireWithinLimits(Batch(4, 6));
        Refusal(() => limits.RequireWithinLimits(Batch(5, 6))).Should().Contain("Buffer.MaxKeyLength");
        Refusal(() => limits.RequireWithinLimits(Batch(4, 7))).Should().Contain("Buffer.MaxValueLength");
        limits.RequireOneSlice(Prepared(4, 6));
    }

    [Fact]
    public void A3_WhatTheTierTakesInOneSliceIsTheMost()
    {
        var commit = Prepared(4, 6); // two rows; the other one has a key of one byte and no value
        commit.Bytes.Should().Be(11);
        new CommitLimits(Options, new TierCapabilities { MaxBatchBytes = 11, MaxBatchRows = 2 }).RequireOneSlice(commit);
        Refusal(() => new CommitLimits(Options, new TierCapabilities { MaxBatchBytes = 10 }).RequireOneSlice(commit))
            .Should().Be("The batch has 11 bytes of keys and values; the limit of one commit is 10 (the persistent tier's). Nothing was applied.");
        Refusal(() => new CommitLimits(Options, new TierCapabilities { MaxBatchRows = 1 }).RequireOneSlice(commit))
            .Should().Be("The batch has 2 keys; the limit of one commit is 1 (the persistent tier's). Nothing was applied.");
    }

    [Fact]
    public void A3_AVersionIsWithinItsBounds()
    {
        CommitLimits.RequireCommittable(1);
        CommitLimits.RequireCommittable(CommitVersion.Max);
        foreach (var wrong in (ulong[])[0, CommitVersion.Max.Value + 1, ulong.MaxValue])
        {
            var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => CommitLimits.RequireCommittable(wrong));
            (refusal.ParamName, refusal.ActualValue).Should().Be(("version", (object?)wrong));
            refusal.Message.Should().Contain($"is 1 to {CommitVersion.Max}");
        }
    }

    // The message without what the runtime adds.
    private static string Refusal(Action check)
    {
        var refusal = Assert.Throws<ArgumentException>(check);
        refusal.ParamName.Should().Be("batch");
        return refusal.Message.Replace(" (Parameter 'batch')", string.Empty, StringComparison.Ordinal);
    }

    private static WriteBatch Batch(int key, int value) => new WriteBatch().Set([7], []).Set(new byte[key], new byte[value]);

    private static InFlightCommit Prepared(int key, int value)
        => new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false).Prepare(Batch(key, value), 5);
}
