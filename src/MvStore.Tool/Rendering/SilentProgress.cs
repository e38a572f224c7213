namespace MvStore.Tool.Rendering;

/// <summary>Shows nothing; for scripts.</summary>
internal sealed class SilentProgress : IProgressView, IProgressMeter
{
    /// <inheritdoc/>
    public Task<T> RunAsync<T>(ProgressPlan plan, Func<IProgressMeter, Task<T>> work) => work(this);

    /// <inheritdoc/>
    public void Report(long done)
    {
    }
}
