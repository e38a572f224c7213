namespace MvStore.Tool.Rendering.Json;

/// <summary>How many versions there are of one verdict.</summary>
internal sealed record VerdictDocument
{
    /// <summary>The verdict.</summary>
    public required string Reason { get; init; }

    public required long Versions { get; init; }

    /// <summary>Bytes of keys and values.</summary>
    public required long Bytes { get; init; }

    /// <summary>The versions of a verdict.</summary>
    public static VerdictDocument Of(RetentionReason reason, VersionTotals totals)
        => new() { Reason = NameOf(reason), Versions = totals.Versions, Bytes = totals.Bytes };

    /// <summary>What a verdict is called.</summary>
    public static string NameOf(RetentionReason reason) => reason switch
    {
        RetentionReason.AboveFloor => "kept: above the floor",
        RetentionReason.NewestAtFloor => "kept: newest at the floor",
        RetentionReason.RetainedPerKey => "kept: by count",
        RetentionReason.Pinned => "kept: pinned",
        RetentionReason.Reclaimable => "reclaimable",
        _ => $"kept: {reason}",
    };
}
