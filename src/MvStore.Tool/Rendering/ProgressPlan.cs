namespace MvStore.Tool.Rendering;

/// <summary>How much there is to do.</summary>
/// <param name="Title">What is being done.</param>
/// <param name="Unit">What is counted, in the plural.</param>
/// <param name="Start">Units done before.</param>
/// <param name="Total">Units in all.</param>
internal sealed record ProgressPlan(string Title, string Unit, long Start, long Total);
