using MvStore.Contracts;
using MvStore.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>Who waits for the log when nothing comes any more, and who asks when nobody can lead (contract A10, D9).</summary>
public sealed class LogLevelTests
{
    private static readonly LogPosition End = new(0, 0, 0, 3, 5);

    [Fact]
    public async Task D9_AWaitThatBeginsAfterTheEndFailsWithItsReasonAndOneThatNeedsNothingDoesNot()
    {
        using var queue = NewQueue();
        var level = new LogLevel(queue, new LogSignal(), new FailureLatch(), End.Sequence);
        level.Close(new InvalidOperationException("the end"));
        level.Close(new InvalidOperationException("another end"));

        (await level.WaitAsync(3, 5, default).AsTask().Guarded()).Sequence.Should().Be(3);
        var wait = () => level.WaitAsync(4, 6, default).AsTask().Guarded();
        (await wait.Should().ThrowAsync<InvalidOperationException>()).WithMessage("the end");
    }

    [Fact]
    public async Task A10_WhereNobodyCanLeadTheWriterIsWaitedFor()
    {
        using var queue = NewQueue();
        var level = new LogLevel(queue, new LogSignal(), new FailureLatch(), End.Sequence);
        level.Bring(4);
        var wait = level.WaitAsync(4, 6, default).AsTask();
        wait.IsCompleted.Should().BeFalse();
        level.MoveTo(4).Should().Be(1);
        (await wait.Guarded()).Sequence.Should().Be(4);
    }

    private static LogQueue NewQueue() => new(new CommitLogOptions(), new LogSignal(), TimeProvider.System, End);
}
