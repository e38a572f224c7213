using System.Text;

namespace MvStore.Conformance;

/// <summary>Makes rows and shows them as text, so that a failed comparison can be read.</summary>
public static class Rows
{
    /// <summary>Everything there is.</summary>
    public static TierView Everything { get; } = new(CommitVersion.Latest, ulong.MaxValue);

    /// <summary>A row with a value.</summary>
    /// <param name="key">The key, as text.</param>
    /// <param name="version">The version.</param>
    /// <param name="sequence">The publication.</param>
    /// <param name="value">The value, as text.</param>
    /// <returns>The row.</returns>
    public static TierRow Set(string key, ulong version, ulong sequence, string value)
        => new(Key(key), version, sequence, Encoding.UTF8.GetBytes(value));

    /// <summary>A tombstone.</summary>
    /// <param name="key">The key, as text.</param>
    /// <param name="version">The version.</param>
    /// <param name="sequence">The publication.</param>
    /// <returns>The row.</returns>
    public static TierRow Gone(string key, ulong version, ulong sequence) => new(Key(key), version, sequence, null);

    /// <summary>A key.</summary>
    /// <param name="text">The key, as text.</param>
    /// <returns>The key's bytes.</returns>
    public static ReadOnlyMemory<byte> Key(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Keys, ascending and distinct.</summary>
    /// <param name="texts">The keys, as text.</param>
    /// <returns>The keys' bytes.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Keys(params string[] texts)
        => [.. texts.Select(Key).OrderBy(k => k, KeyOrder.Instance)];

    /// <summary>Rows ascending by key, then by version, as a slice has them.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>The rows in order.</returns>
    public static IReadOnlyList<TierRow> InOrder(IEnumerable<TierRow> rows)
        => [.. rows.OrderBy(r => r.Key, KeyOrder.Instance).ThenBy(r => r.Version)];

    /// <summary>The bytes of a row's key and value: what budgets and limits count.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The bytes.</returns>
    public static long Size(TierRow row) => (long)row.Key.Length + (row.Value?.Length ?? 0);

    /// <summary>A row as text: key in hex, version, publication, value in hex.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The text.</returns>
    public static string Text(TierRow row)
        => $"{Convert.ToHexString(row.Key.Span)}@{row.Version}#{row.Sequence}={(row.Value is { } v ? Short(v.Span) : "gone")}";

    /// <summary>Rows as text.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>The texts.</returns>
    public static string[] Texts(IEnumerable<TierRow> rows) => [.. rows.Select(Text)];

    private static string Short(ReadOnlySpan<byte> value)
        => value.Length <= 32
            ? Convert.ToHexString(value)
            : $"{value.Length} bytes {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(value))}";
}
