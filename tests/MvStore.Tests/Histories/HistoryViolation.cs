namespace MvStore.Tests.Histories;

/// <summary>A rule that a history breaks, and how.</summary>
internal readonly record struct HistoryViolation(string Rule, string What)
{
    public override string ToString() => $"{Rule}: {What}";
}
