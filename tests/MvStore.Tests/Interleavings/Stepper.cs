namespace MvStore.Tests.Interleavings;

/// <summary>
/// Counts the hand-over points that an operation passes and, at one of them, runs another operation to its end, or as far as it gets without
/// waiting. While that runs nothing is counted.
/// </summary>
internal sealed class Stepper
{
    private Func<Task>? _action;
    private int _at;
    private bool _isRunning;

    /// <summary>Points passed since the last <see cref="Arm"/>.</summary>
    public int Passed { get; private set; }

    /// <summary>The operation that was run in between; complete when none was.</summary>
    public Task Interposed { get; private set; } = Task.CompletedTask;

    /// <summary>The names of the points, for messages.</summary>
    public List<string> Names { get; } = [];

    public void Arm(int at, Func<Task> action)
    {
        (_at, _action, Passed, Interposed) = (at, action, 0, Task.CompletedTask);
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
        if (Passed++ == _at)
        {
            _isRunning = true;
            Interposed = _action();
            _isRunning = false;
        }
    }
}
