using System.Collections.Concurrent;
using System.Globalization;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;

namespace MvStore.Reliability.PowerLoss;

/// <summary>Cuts the power at points of a recorded run, and counts what is wrong with what is left.</summary>
internal sealed class Sweep
{
    private const int OneStoreIn = 8;
    private const int Portion = 8; // images of each point, before the next ones of any

    private static readonly Survival[] FirstOfTier = [Survival.None, Survival.All, Survival.Prefix];
    private static readonly Survival[] FirstOfBoth = [Survival.None, Survival.All, Survival.LogAlone, Survival.TierAlone, Survival.Prefix];

    private readonly ConcurrentQueue<string> _failures = new(); // any worker
    private int _points;                                        // interlocked
    private int _images;                                        // interlocked

    public int Points => _points;

    public int Images => _images;

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Tries the points of a run with some images each, and then with more, as far as there is time.</summary>
    /// <param name="history">What happened to the disk.</param>
    /// <param name="run">What the application knows.</param>
    /// <param name="script">Names the run, and says how to open its store.</param>
    /// <param name="images">How many images at each point are wanted.</param>
    /// <param name="stride">One point of how many.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> RunInPortionsAsync(DiskHistory history, ScriptRun run, Script script, int images, int stride = 1)
    {
        var hasTime = Effort.Time();
        var done = 0;
        while (done < images && (done == 0 || hasTime()))
        {
            var portion = Math.Min(Portion, images - done);
            await RunAsync(history, run, script, seed: 1, portion, stride: stride, firstImage: done);
            done += portion;
        }

        return done;
    }

    /// <summary>Tries the points of a run.</summary>
    /// <param name="history">What happened to the disk.</param>
    /// <param name="run">What the application knows.</param>
    /// <param name="script">Names the run, and says how to open its store.</param>
    /// <param name="seed">Decides what is lost.</param>
    /// <param name="images">How many images at each point.</param>
    /// <param name="from">The first point.</param>
    /// <param name="stride">One point of how many.</param>
    /// <param name="firstImage">Which of the images of a point is the first; those before it were tried.</param>
    public Task RunAsync(DiskHistory history, ScriptRun run, Script script, int seed, int images, int from = 0, int stride = 1, int firstImage = 0)
        => Parallel.ForAsync(0, Effort.Workers, new ParallelOptions { MaxDegreeOfParallelism = Effort.Workers }, async (worker, _) =>
        {
            var model = new DiskModel(history.Initial);
            using var checker = new ImageChecker(run, script.Settings);
            for (var point = 0; point <= history.Changes.Count; point++)
            {
                if (point > 0)
                {
                    model.Apply(history.Changes[point - 1]);
                }

                if (point >= from && (point + seed) % (stride * Effort.Workers) == worker * stride)
                {
                    if (firstImage == 0)
                    {
                        Interlocked.Increment(ref _points);
                    }

                    await CutAsync(model, checker, script, point, seed, firstImage, images);
                }
            }
        });

    /// <summary>Counts a failure that was found without a power cut.</summary>
    public void Fail(string failure) => _failures.Enqueue(failure);

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{_images} images over {_points} points, {_failures.Count} wrong");

    private async Task CutAsync(DiskModel model, ImageChecker checker, Script script, int point, int seed, int firstImage, int images)
    {
        var first = script.Settings.HasLog ? FirstOfBoth : FirstOfTier;
        for (var i = firstImage; i < (model.IsSynced ? 1 : firstImage + images); i++)
        {
            var survival = i < first.Length ? first[i] : Survival.Subset;
            var image = model.Image(survival, new Random(unchecked((seed * 1_000_003) + (point * 101) + i)));
            Interlocked.Increment(ref _images);
            try
            {
                await checker.CheckAsync(image, point, (point + i) % OneStoreIn == 0);
            }
            catch (Exception e)
            {
                _failures.Enqueue($"{script}, power cut after change {point}, {survival} #{i} survived: {e.GetType().Name}: {e.Message}");
            }
        }
    }
}
