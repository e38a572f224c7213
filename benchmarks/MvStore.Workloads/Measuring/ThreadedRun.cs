using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace MvStore.Workloads.Measuring;

/// <summary>Runs bodies on threads of their own that start together, for a time, and counts what each did in its own time.</summary>
public static class ThreadedRun
{
    /// <summary>Runs one body on each of some threads, one block at least.</summary>
    /// <param name="duration">How long; infinite for until one of them is done.</param>
    /// <param name="bodies">Makes the body of a thread, on that thread, before all start.</param>
    /// <returns>Operations per second of each.</returns>
    public static double[] Measure(TimeSpan duration, params ReadOnlySpan<Func<ThreadBody>> bodies)
    {
        using var start = new Barrier(bodies.Length + 1);
        using var stop = new StopFlag();
        var rates = new double[bodies.Length];
        var failures = new Exception?[bodies.Length];
        var threads = new Thread[bodies.Length];
        for (var i = 0; i < threads.Length; i++)
        {
            var (index, make) = (i, bodies[i]);
            threads[i] = new Thread(() => failures[index] = Run(make, start, stop, out rates[index]))
            {
                Name = $"workload {index}",
                IsBackground = true,
            };
            threads[i].Start();
        }

        start.SignalAndWait();
        stop.WaitFor(duration);
        foreach (var thread in threads)
        {
            thread.Join();
        }

        if (failures.FirstOrDefault(f => f is not null) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return rates;
    }

    private static Exception? Run(Func<ThreadBody> make, Barrier start, StopFlag stop, out double rate)
    {
        rate = 0;
        try
        {
            ThreadBody body;
            try
            {
                body = make();
            }
            finally
            {
                start.SignalAndWait();
            }

            using (body)
            {
                rate = RateOf(body, stop);
            }

            return null;
        }
        catch (Exception failure)
        {
            stop.Set();
            return failure;
        }
    }

    private static double RateOf(ThreadBody body, StopFlag stop)
    {
        var operations = 0L;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            operations += body.RunBlock();
            if (body.IsDone)
            {
                stop.Set();
            }
        }
        while (!stop.IsSet);

        return operations / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
