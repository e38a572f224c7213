using System.Globalization;

namespace MvStore.Reliability.Damages;

/// <summary>One way to damage the files of a store that nobody has open.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="File">To which file.</param>
/// <param name="At">Where.</param>
/// <param name="Number">Which bit, or which other place.</param>
internal sealed record Damage(DamageKind Kind, string File, long At, int Number)
{
    private const int Page = 4_096;

    /// <summary>Does it.</summary>
    /// <returns>Whether the file is another one now.</returns>
    public bool Apply(string directory)
    {
        var path = Path.Combine(directory, File);
        var before = System.IO.File.ReadAllBytes(path);
        var after = Damaged([.. before]);
        if (after is null)
        {
            System.IO.File.Delete(path);
            return true;
        }

        System.IO.File.WriteAllBytes(path, after);
        return !after.AsSpan().SequenceEqual(before);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {File} at {At} ({Number})");

    private byte[]? Damaged(byte[] bytes)
    {
        var page = (int)(At / Page * Page);
        switch (Kind)
        {
            case DamageKind.Flip:
                bytes[At] ^= (byte)(1 << Number);
                return bytes;
            case DamageKind.Cut:
                return bytes[..(int)At];
            case DamageKind.Zero:
                bytes.AsSpan(page, Math.Min(Page, bytes.Length - page)).Clear();
                return bytes;
            case DamageKind.Swap:
                var other = (int)(Number % Math.Max(1, bytes.Length / Page)) * Page;
                var length = Math.Min(Math.Min(Page, bytes.Length - page), bytes.Length - other);
                var kept = bytes.AsSpan(page, length).ToArray();
                bytes.AsSpan(other, length).CopyTo(bytes.AsSpan(page));
                kept.CopyTo(bytes.AsSpan(other));
                return bytes;
            default:
                return null;
        }
    }
}
