namespace MvStore.Tool.Rendering;

/// <summary>Tells a meter of progress that is reported in other figures.</summary>
internal sealed class MeterProgress<T>(IProgressMeter meter, Func<T, long> done) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => meter.Report(done(value));
}
