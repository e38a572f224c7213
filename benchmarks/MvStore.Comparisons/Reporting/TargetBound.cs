namespace MvStore.Comparisons.Reporting;

/// <summary>On which side of its limit a value is good.</summary>
internal enum TargetBound
{
    AtLeast,
    AtMost,
}
