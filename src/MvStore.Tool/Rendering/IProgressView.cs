namespace MvStore.Tool.Rendering;

/// <summary>Shows the progress of work while it runs.</summary>
internal interface IProgressView
{
    /// <summary>Runs work.</summary>
    /// <param name="plan">How much there is to do.</param>
    /// <param name="work">The work. Its failure passes through.</param>
    /// <returns>The result of the work.</returns>
    Task<T> RunAsync<T>(ProgressPlan plan, Func<IProgressMeter, Task<T>> work);
}
