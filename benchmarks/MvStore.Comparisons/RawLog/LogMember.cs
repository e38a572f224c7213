namespace MvStore.Comparisons.RawLog;

/// <summary>A committer of the raw log: one thread that waits until its record is on disk, or is asked to write it.</summary>
internal sealed class LogMember
{
    private readonly object _gate = new();
    private bool _isWoken; // under _gate
    private bool _isLeader; // under _gate
    private IOException? _failure; // under _gate

    /// <summary>Waits.</summary>
    /// <returns>True if this member is to write what was gathered; false if its record is on disk.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public bool AwaitLeadership()
    {
        lock (_gate)
        {
            while (!_isWoken)
            {
                Monitor.Wait(_gate);
            }

            _isWoken = false;
            return _failure is null ? _isLeader : throw _failure;
        }
    }

    public void MakeLeader() => Wake(isLeader: true, null);

    public void Complete(IOException? failure) => Wake(isLeader: false, failure);

    private void Wake(bool isLeader, IOException? failure)
    {
        lock (_gate)
        {
            (_isWoken, _isLeader, _failure) = (true, isLeader, failure);
            Monitor.Pulse(_gate);
        }
    }
}
