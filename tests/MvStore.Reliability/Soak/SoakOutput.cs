using System.Globalization;

namespace MvStore.Reliability.Soak;

/// <summary>What a process tells its parent, line by line, on an output that keeps nothing back: the kernel does not lose what a killed process has written. Safe from any thread.</summary>
/// <param name="output">Where to.</param>
internal sealed class SoakOutput(TextWriter output)
{
    private readonly Lock _lock = new(); // guards the writer

    public void Opening() => Write("opening");

    public void Open(ulong published, SoakView view) => Write(string.Create(CultureInfo.InvariantCulture, $"open {published} {view}"));

    /// <summary>A commit was acknowledged.</summary>
    public void Told(Durability durability, int writer, ulong commit, ulong sequence)
    {
        var letter = durability switch { Durability.Durable => 'd', Durability.Logged => 'l', _ => 'v' };
        Write(string.Create(CultureInfo.InvariantCulture, $"{letter} {writer} {commit} {sequence}"));
    }

    public void Figures(SoakFigures figures) => Write("s " + figures.ToLine());

    private void Write(string line)
    {
        lock (_lock)
        {
            output.WriteLine(line);
        }
    }
}
