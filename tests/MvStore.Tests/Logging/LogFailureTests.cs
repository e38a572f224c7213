using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What the system says of a file, as a kind of failure of the log (contract D4).</summary>
public sealed class LogFailureTests
{
    private static int NoSpace => OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;

    private static int OverQuota => OperatingSystem.IsWindows() ? unchecked((int)0x80070027) : OperatingSystem.IsMacOS() ? 69 : 122;

    [Fact]
    public void D4_AFullDiskIsTransientAnotherErrorLeavesTheOutcomeOpenAndAWrongFileIsFatal()
    {
        KindOf(new IOException("full", NoSpace)).Should().Be(TierFailure.Transient);
        KindOf(new IOException("full", OverQuota)).Should().Be(TierFailure.Transient);
        KindOf(new IOException("broken", 5)).Should().Be(TierFailure.InDoubt);
        KindOf(new FileNotFoundException("gone")).Should().Be(TierFailure.InDoubt);
        KindOf(new UnauthorizedAccessException("closed")).Should().Be(TierFailure.Fatal);
    }

    [Fact]
    public void D4_OnlyFailuresOfTheSystemAreTranslated()
    {
        LogFailures.Run("read", "file", () => 7).Should().Be(7);
        FluentActions.Invoking(() => LogFailures.Run<int>("read", "file", () => throw new IOException("broken", 5)))
            .Should().Throw<CommitLogException>().WithMessage("The commit log could not read 'file': broken").WithInnerException<IOException>();
        FluentActions.Invoking(() => LogFailures.Run<int>("read", "file", () => throw new InvalidOperationException())).Should().Throw<InvalidOperationException>();
    }

    private static TierFailure KindOf(Exception failure) => LogFailures.Translate("write", "file", failure).Failure;
}
