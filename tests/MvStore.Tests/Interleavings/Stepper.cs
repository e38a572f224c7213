namespace MvStore.Tests.Interleavings;

/// <summary>
/// Counts the hand-over points that an operation passes and, at one of them, or at two, runs another operation to its end, or as far as it gets without
/// waiting. While that runs nothing is counted.
/// </summary>
internal sealed class Stepper
{
    private Func<Task>? _action;
    private Func<Task>? _second;
    private int _at;
    private int _secondAt;
    private bool _isRunning;

    /// <summary>Points passed since the last <see cref="Arm"/>.</summary>
    public int Passed { get; private set; }

    /// <summary>The operations that were run in between; complete when none was.</summary>
    public Task Interposed { get; private set; } = Task.CompletedTask;

    /// <summary>The names of the points, for messages.</summary>
    public List<string> Names { get; } = [];

    public void Arm(int at, Func<Task> action, int secondAt = -1, Func<Task>? second = null)
    {
        (_at, _action, _secondAt, _second) = (at, action, secondAt, second);
        (Passed, Interposed) = (0, Task.CompletedTask);
        Names.Clear();
    }

    public void Disarm() => _action = null;

    public void Point(string name)
    {
        if (_action is null || _isRunning)
        {
            return;
        }

        Names.Add(name);
        var action = Passed == _at ? _action : Passed == _secondAt ? _second : null;
        Passed++;
        if (action is not null)
        {
            _isRunning = true;
            Interposed = Task.WhenAll(Interposed, action());
            _isRunning = false;
        }
    }
}
