namespace MvStore.Tool.Rendering;

/// <summary>Is told how far work has come. Called often, from one task at a time; returns at once.</summary>
internal interface IProgressMeter
{
    /// <summary>So much is done.</summary>
    /// <param name="done">Units done, those done before the work began included.</param>
    void Report(long done);
}
