namespace MvStore;

/// <summary>The composition root; the stages follow in the next commits.</summary>
internal static class MultiVersionStore
{
    public static ValueTask<IMultiVersionStore> OpenAsync(StoreParts parts, CancellationToken cancellationToken)
        => ValueTask.FromException<IMultiVersionStore>(new NotSupportedException($"'{parts.Options.Name}': the stages are not in place yet ({cancellationToken.CanBeCanceled})."));
}
