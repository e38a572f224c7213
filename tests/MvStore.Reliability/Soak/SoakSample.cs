namespace MvStore.Reliability.Soak;

/// <summary>What was seen at a time.</summary>
/// <param name="Time">Since the soak began.</param>
/// <param name="Figures">What the process told of itself.</param>
/// <param name="Files">What its store took on disk.</param>
internal sealed record SoakSample(TimeSpan Time, SoakFigures Figures, SoakFiles Files);
