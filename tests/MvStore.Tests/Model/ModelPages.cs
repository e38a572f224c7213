namespace MvStore.Tests.Model;

/// <summary>A paged scan that other operations interrupt between its pages.</summary>
internal sealed class ModelPages
{
    public required ModelReader Reader { get; init; }

    public required KeyRange Range { get; init; }

    public required CommitVersion After { get; init; }

    public required ScanDirection Direction { get; init; }

    /// <summary>The floors when the first page was read: the scan may only fail once they rose.</summary>
    public required ReferenceFloors FloorsAtStart { get; init; }

    /// <summary>What the pages to come must return, decided by the reference when the first page was read.</summary>
    public required Queue<VersionedRow> Rest { get; init; }

    public PageToken? Next { get; set; }

    /// <summary>Where the last page ended; null before the first one.</summary>
    public TierPosition? Position { get; set; }

    /// <summary>Pages in a row without a row; progress is bounded by what there is to skip.</summary>
    public int EmptyPages { get; set; }
}
