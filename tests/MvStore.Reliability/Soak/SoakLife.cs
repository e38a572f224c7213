using System.Diagnostics;
using System.Globalization;
using MvStore.Reliability.Kills;

namespace MvStore.Reliability.Soak;

/// <summary>One life of a process, seen by its parent, which keeps what the process was told. Used by one task.</summary>
internal sealed class SoakLife : IDisposable
{
    private const int MostReceipts = 200_000;
    private static readonly TimeSpan LongestOpening = TimeSpan.FromMinutes(5); // a guard against hanging

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly long _begin = Stopwatch.GetTimestamp();

    private SoakLife(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What was acknowledged, in which way; of a long life the last part.</summary>
    public List<SoakReceipt> Receipts { get; } = [];

    /// <summary>How long opening took; null if it was not through.</summary>
    public TimeSpan? OpeningTime { get; private set; }

    /// <summary>The publications that were found when the store was opened; null if it was not.</summary>
    public ulong? FoundPublications { get; private set; }

    /// <summary>The commits of each writer that were found, when the store was opened.</summary>
    public IReadOnlyList<ulong> FoundCommits { get; private set; } = [];

    /// <summary>The last figures it told.</summary>
    public SoakFigures? Figures { get; private set; }

    /// <summary>Starts a process.</summary>
    public static SoakLife Begin(SoakSettings settings) => new(VictimProcess.Launch(settings.ToArguments()));

    /// <summary>Reads what the process tells until its time is over, and kills it, or has it close its store.</summary>
    /// <param name="time">How long.</param>
    /// <param name="isFromOpening">Whether the time begins when its store is open, otherwise with the process.</param>
    /// <param name="isKilled">Whether it is killed.</param>
    /// <param name="stop">Ends it earlier.</param>
    /// <param name="onFigures">Is told its figures as they come.</param>
    public async Task RunAsync(TimeSpan time, bool isFromOpening, bool isKilled, CancellationToken stop, Action<SoakFigures>? onFigures = null)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var ending = end.Token.Register(() => End(isKilled));
        end.CancelAfter(isFromOpening ? LongestOpening : time);
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                Note(line);
                if (line[0] == 's')
                {
                    onFigures?.Invoke(Figures!);
                }
                else if (line.StartsWith("open ", StringComparison.Ordinal) && isFromOpening)
                {
                    end.CancelAfter(time);
                }
            }

            await _process.WaitForExitAsync(CancellationToken.None);
        }
        finally
        {
            _process.Kill(entireProcessTree: true);
        }

        if (!end.IsCancellationRequested || (await _errors).Length > 0 || (!isKilled && _process.ExitCode != Victim.Done))
        {
            throw new LossException($"The process ended with {_process.ExitCode}: {await _errors}");
        }

        if (isFromOpening && FoundPublications is null && !stop.IsCancellationRequested)
        {
            throw new LossException($"The store was not open after {LongestOpening}.");
        }
    }

    public void Dispose() => _process.Dispose();

    private void End(bool isKilled)
    {
        if (isKilled)
        {
            _process.Kill();
        }
        else
        {
            _process.StandardInput.Close();
        }
    }

    private void Note(string line)
    {
        var words = line.Split(' ');
        switch (words[0])
        {
            case "opening":
                break;
            case "open":
                OpeningTime = Stopwatch.GetElapsedTime(_begin);
                FoundPublications = Number(words[1]);
                FoundCommits = [.. words[2..].Select(Number)];
                break;
            case "s":
                Figures = SoakFigures.Parse(line[2..]);
                break;
            default:
                if (Receipts.Count == MostReceipts)
                {
                    Receipts.RemoveRange(0, MostReceipts / 2);
                }

                Receipts.Add(new SoakReceipt(words[0][0] != 'v', (int)Number(words[1]), Number(words[2]), Number(words[3])));
                break;
        }
    }

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);
}
