using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

[Collection(UnmanagedMemory.Name)]
public sealed class EpochTests
{
    [Fact]
    public void The_epoch_moves_one_step_past_a_reader_and_no_further()
    {
        using var guard = EpochGuard.Enter();
        var entered = Epochs.Current;
        for (var i = 0; i < 1000; i++)
        {
            Epochs.TryAdvance();
        }

        Epochs.Current.Should().Be(entered + 1);
    }

    [Fact]
    public void Only_the_outermost_guard_leaves()
    {
        var outer = EpochGuard.Enter();
        var entered = Epochs.Current;
        Advance(entered + 1);
        var inner = EpochGuard.Enter();
        inner.Dispose();
        inner.Dispose();
        Epochs.TryAdvance();
        Epochs.TryAdvance().Should().BeFalse();
        Epochs.Current.Should().Be(entered + 1);
        outer.Dispose();
        Advance(entered + 4);
    }

    [Fact]
    public void Leaving_more_often_than_entering_is_refused_and_does_no_harm()
    {
        var thrown = Record.Exception(() =>
        {
            var guard = EpochGuard.Enter();
            var copy = guard;
            guard.Dispose();
            copy.Dispose();
        });
        thrown.Should().BeOfType<InvalidOperationException>();
        The_epoch_moves_one_step_past_a_reader_and_no_further();
        Advance(Epochs.Current + 3);
    }

    [Fact]
    public void A_release_without_readers_happens_at_once_and_once()
    {
        var releases = 0;
        Epochs.ReleaseLater(() => releases++);
        releases.Should().Be(1);
        EpochGuard.Enter().Dispose();
        releases.Should().Be(1);
    }

    [Fact]
    public void Releases_happen_in_order_when_the_reader_leaves()
    {
        var releases = new List<int>();
        using (EpochGuard.Enter())
        {
            Epochs.ReleaseLater(() => releases.Add(1));
            Epochs.ReleaseLater(() => releases.Add(2));
            releases.Should().BeEmpty();
        }

        releases.Should().Equal(1, 2);
    }

    [Fact]
    public void Threads_that_are_gone_give_their_words_back()
    {
        // Other tests have threads of their own, a few hundred at once; so it goes on until theirs are outnumbered.
        const int Most = 10_000;
        var began = 0;
        do
        {
            var threads = Enumerable.Range(0, 25).Select(_ => new Thread(() => EpochGuard.Enter().Dispose())).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            began += threads.Length;
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        while (began < 2 * Epochs.WordsMade && began < Most);

        began.Should().BeLessThan(Most, "words that are never given back are as many as there were threads");
        Advance(Epochs.Current + 3);
    }

    [Fact]
    public async Task Releases_are_never_forgotten_with_readers_coming_and_going()
    {
        const int Announced = 2_000;
        var released = 0;
        using var end = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    using var guard = EpochGuard.Enter();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        for (var i = 0; i < Announced; i++)
        {
            Epochs.ReleaseLater(() => Interlocked.Increment(ref released));
        }

        await end.CancelAsync();
        await Task.WhenAll(readers);
        released.Should().Be(Announced, "the last one that left found them all");
    }

    private static void Advance(long to)
    {
        for (var i = 0; i < 100_000 && Epochs.Current < to; i++)
        {
            Epochs.TryAdvance();
            Thread.Yield();
        }

        Epochs.Current.Should().BeGreaterThanOrEqualTo(to);
    }
}
