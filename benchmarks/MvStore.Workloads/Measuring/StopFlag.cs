namespace MvStore.Workloads.Measuring;

/// <summary>Tells threads to stop: when the time is over, or as soon as one of them failed.</summary>
internal sealed class StopFlag : IDisposable
{
    private readonly ManualResetEventSlim _failed = new();
    private volatile bool _isSet;

    public bool IsSet => _isSet;

    public void Set()
    {
        _isSet = true;
        _failed.Set();
    }

    public void WaitFor(TimeSpan duration)
    {
        _failed.Wait(duration);
        _isSet = true;
    }

    public void Dispose() => _failed.Dispose();
}
