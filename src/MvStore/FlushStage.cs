namespace MvStore;

/// <summary>What a <see cref="FlushEvent"/> reports.</summary>
public enum FlushStage
{
    /// <summary>An attempt to write a slice of commits begins.</summary>
    Started,

    /// <summary>The slice is on disk.</summary>
    Completed,

    /// <summary>The attempt failed. The data stays in memory.</summary>
    Failed,
}
