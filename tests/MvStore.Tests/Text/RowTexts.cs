using System.Buffers;

namespace MvStore.Tests.Text;

/// <summary>The point reads that copy nothing, or copy to where the caller wants it, as the line of text that <c>GetAsync</c> has.</summary>
internal static class RowTexts
{
    /// <summary>What a read says that memory cannot answer.</summary>
    public const string NotInMemory = "not in memory";

    public static string TryGet(IMultiVersionStore store, string key, CommitVersion at) => TryGet(store, ByteText.Parse(key), at);

    public static string TryGet(ISnapshot snapshot, string key) => TryGet(snapshot, ByteText.Parse(key));

    public static string TryGet(IMultiVersionStore store, ReadOnlySpan<byte> key, CommitVersion at)
    {
        var answer = store.TryGet(key, at, out var row);
        using (row)
        {
            return Show(answer, row);
        }
    }

    public static string TryGet(ISnapshot snapshot, ReadOnlySpan<byte> key)
    {
        var answer = snapshot.TryGet(key, out var row);
        using (row)
        {
            return Show(answer, row);
        }
    }

    public static Task<string> CopyAsync(IMultiVersionStore store, string key, CommitVersion at) => CopyAsync(store, ByteText.Parse(key), at);

    public static async Task<string> CopyAsync(IMultiVersionStore store, byte[] key, CommitVersion at)
    {
        var destination = Filled();
        return Show(key, await store.CopyAsync(key, at, destination), destination);
    }

    public static async Task<string> CopyAsync(ISnapshot snapshot, byte[] key)
    {
        var destination = Filled();
        return Show(key, await snapshot.CopyAsync(key, destination), destination);
    }

    private static string Show(MemoryAnswer answer, in GuardedRow row)
    {
        row.IsPresent.Should().Be(answer == MemoryAnswer.Present);
        return answer switch
        {
            MemoryAnswer.Present => Show(row),
            MemoryAnswer.Absent => AnswerText.Absent,
            _ => NotInMemory,
        };
    }

    /// <summary>Every way to look at a row says the same.</summary>
    private static string Show(in GuardedRow row)
    {
        var owned = row.ToRow();
        owned.Key.Span.SequenceEqual(row.Key).Should().BeTrue();
        owned.Value.Span.SequenceEqual(row.Value).Should().BeTrue();
        owned.Version.Should().Be(row.Version);
        owned.IsTombstone.Should().BeFalse();

        var written = new ArrayBufferWriter<byte>();
        row.CopyTo(written);
        written.WrittenSpan.SequenceEqual(row.Value).Should().BeTrue();
        var copied = new byte[row.Value.Length];
        row.TryCopyTo(copied).Should().BeTrue();
        copied.AsSpan().SequenceEqual(row.Value).Should().BeTrue();
        row.TryCopyTo(new byte[Math.Max(0, copied.Length - 1)]).Should().Be(copied.Length == 0);
        return AnswerText.Of(owned);
    }

    /// <summary>A writer that holds something already, which must stay.</summary>
    private static ArrayBufferWriter<byte> Filled()
    {
        var destination = new ArrayBufferWriter<byte>();
        destination.Write<byte>([1, 2, 3]);
        return destination;
    }

    private static string Show(byte[] key, CommitVersion? version, ArrayBufferWriter<byte> destination)
    {
        destination.WrittenSpan[..3].SequenceEqual((byte[])[1, 2, 3]).Should().BeTrue();
        var value = destination.WrittenMemory[3..];
        if (version is { } written)
        {
            return AnswerText.Of(new VersionedRow(key, written, value));
        }

        value.Length.Should().Be(0, "nothing is written when there is no row");
        return AnswerText.Absent;
    }
}
