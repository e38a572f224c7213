namespace MvStore.Workloads.Measuring;

/// <summary>Tells threads to stop: when the time is over, or as soon as one of them is done or failed.</summary>
internal sealed class StopFlag : IDisposable
{
    private readonly ManualResetEventSlim _ended = new();
    private volatile bool _isSet;

    public bool IsSet => _isSet;

    public void Set()
    {
        _isSet = true;
        _ended.Set();
    }

    public void WaitFor(TimeSpan duration)
    {
        _ended.Wait(duration);
        _isSet = true;
    }

    public void Dispose() => _ended.Dispose();
}
