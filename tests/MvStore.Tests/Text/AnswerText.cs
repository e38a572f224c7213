namespace MvStore.Tests.Text;

/// <summary>
/// Answers of the store as one line of text, errors included, so that any two answers compare with one look and differ in one place.
/// </summary>
internal static class AnswerText
{
    public const string Disposed = "disposed";
    public const string Absent = "nothing";
    public const string Beginning = "beginning of history";
    public const string Reclaimed = "reclaimed";

    public static string Of(VersionedRow row)
        => row.IsTombstone
            ? $"{ByteText.Format(row.Key.Span)}@{row.Version} tombstone"
            : $"{ByteText.Format(row.Key.Span)}@{row.Version}={ByteText.Format(row.Value.Span)}";

    public static string Of(VersionedRow? row) => row is { } present ? Of(present) : Absent;

    public static string Of(IEnumerable<VersionedRow> rows) => $"[{string.Join(", ", rows.Select(Of))}]";

    public static string Of(PreviousVersion previous) => previous.Kind switch
    {
        PreviousVersionKind.BeginningOfHistory => Beginning,
        PreviousVersionKind.Reclaimed => Reclaimed,
        _ => Of(previous.Row),
    };

    public static string Of(BelowFloorException error) => BelowFloor(error.Requested, error.Floor);

    public static string BelowFloor(CommitVersion requested, CommitVersion floor) => $"below floor: asked {requested}, floor {floor}";

    public static string Duplicate(ReadOnlySpan<byte> key, CommitVersion version) => $"duplicate: {ByteText.Format(key)}@{version}";

    /// <summary>The essential part of an error the contract names; anything else is rethrown.</summary>
    public static string Of(Exception error) => error switch
    {
        BelowFloorException below => Of(below),
        DuplicateVersionException duplicate => Duplicate(duplicate.Key.Span, duplicate.Version),
        DurabilityUnavailableException => "durability unavailable",
        RollbackTooLargeException large => $"too large: {large.LimitName}",
        ObjectDisposedException => Disposed,
        ArgumentOutOfRangeException => "argument out of range",
        ArgumentException => "argument refused",
        _ => throw new InvalidOperationException($"An error no clause names: {error}", error),
    };

    /// <summary>Runs a call and tells its answer or its typed error.</summary>
    public static async Task<string> OfAsync(Func<ValueTask<string>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is MvStoreException or ArgumentException or ObjectDisposedException)
        {
            return Of(error);
        }
    }
}
