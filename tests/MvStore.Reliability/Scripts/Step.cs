namespace MvStore.Reliability.Scripts;

/// <summary>A step of a script.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Version">The version of a commit.</param>
/// <param name="Deltas">What a commit changes; each key once.</param>
internal sealed record Step(StepKind Kind, ulong Version = 0, params IReadOnlyList<Delta> Deltas)
{
    /// <summary>The deltas as a batch.</summary>
    public WriteBatch Batch()
    {
        var batch = new WriteBatch();
        foreach (var delta in Deltas)
        {
            _ = delta.Kind switch
            {
                DeltaKind.Set => batch.Set(delta.Key.Span, delta.Value.Span),
                DeltaKind.Unset => batch.Unset(delta.Key.Span, delta.Value.Span),
                DeltaKind.Remove => batch.Remove(delta.Key.Span),
                _ => batch.Drop(delta.Key.Span),
            };
        }

        return batch;
    }

    public override string ToString()
        => Kind is StepKind.Commit or StepKind.CommitDurably or StepKind.CommitToLog ? $"{Kind} {Version} ({Deltas.Count} deltas)" : Kind.ToString();
}
