using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What a commit in the log is made of, in portions that end anywhere; and what is none although its checksum is right (F3).</summary>
public sealed class CommitDecoderTests
{
    private static readonly (string Key, int Length)[] Rows = [("a", 0), ("key 2", 300), ("gone", CommitRow.Tombstone), (string.Empty, 5), ("dropped", CommitRow.Drop), ("long", 2_000)];

    [Fact]
    public void F3_PortionsMayEndAnywhere()
    {
        var bytes = Encoded(Rows);
        var whole = Decoded(bytes, bytes.Length);
        whole.Should().Equal("Set a 0", "Set key 2 300", "Remove gone 0", "Set  5", "Drop dropped 0", "Set long 2000");
        for (var portion = 1; portion < 60; portion++)
        {
            Decoded(bytes, portion).Should().Equal(whole, "portions were of {0} bytes", portion);
        }
    }

    [Fact]
    public void F3_OneDecoderReadsOneCommitAfterTheOther()
    {
        var (decoder, batch) = (new CommitDecoder(), new WriteBatch());
        foreach (var rows in new[] { Rows, [], Rows[..2] })
        {
            batch.Clear();
            decoder.Begin();
            decoder.Feed(Encoded(rows), batch);
            decoder.End();
            (decoder.Rows, batch.Count).Should().Be((rows.Length, rows.Length));
        }
    }

    [Fact]
    public void F3_ACommitThatWasNeverEndedLeavesNothingToTheNext()
    {
        var (decoder, batch) = (new CommitDecoder(), new WriteBatch());
        decoder.Begin();
        decoder.Feed(Encoded(Rows).AsSpan(0, 20), batch);
        decoder.Begin();
        decoder.Feed(Encoded(Rows[..2]), batch);
        decoder.End();
        decoder.Rows.Should().Be(2);
    }

    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "nothing", [] },
        { "half of what stands before the rows", Encoded(Rows)[..8] },
        { "a row less than announced", Changed(0, Rows.Length + 1) },
        { "a row more than announced", Changed(0, Rows.Length - 1) },
        { "fewer than no rows", Changed(0, -1) },
        { "more bytes than announced", Changed(8, Encoded(Rows).Length - 1) },
        { "fewer bytes than announced", Changed(8, Encoded(Rows).Length + 1) },
        { "a row that is cut off", Encoded(Rows)[..^1] },
        { "a byte too many", [.. Encoded(Rows), 0] },
        { "a key of negative length", Changed(16, -1) },
        { "a key over its limit", Changed(16, BufferOptions.KeyLengthLimit + 1) },
        { "a value of a length that means nothing", Changed(20, CommitRow.Drop - 1) },
        { "a value over its limit", Changed(20, BufferOptions.ValueLengthLimit + 1) },
        { "a row although none was announced", [.. Encoded([]), .. Encoded([(string.Empty, CommitRow.Tombstone)])[CommitRow.PreludeBytes..]] },
        { "what is no row although none was announced", [.. Encoded([]), .. Changed(16, -1)[CommitRow.PreludeBytes..][..CommitRow.PreludeBytes]] },
        { "a whole commit behind the announcement of fewer than no rows", BehindFewerThanNone(Rows) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void F3_WhatIsNoCommitIsDamage(string what, byte[] bytes)
    {
        foreach (var portion in new[] { bytes.Length + 1, 1, 7 })
        {
            FluentActions.Invoking(() => Decoded(bytes, portion)).Should().Throw<CommitLogException>(what).WithMessage("*correct checksum and wrong content*")
                .Which.Failure.Should().Be(TierFailure.Damaged);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(BufferOptions.KeyLengthLimit, BufferOptions.ValueLengthLimit)]
    [InlineData(1, CommitRow.Tombstone)]
    [InlineData(1, CommitRow.Drop)]
    public void F3_TheHeadOfARowSaysWhatWasWritten(int keyLength, int valueLength)
    {
        Span<byte> head = stackalloc byte[CommitRow.HeadBytes];
        var row = new CommitRow(keyLength, valueLength);
        row.Write(head);
        CommitRow.Read(head).Should().Be(row);
        row.TotalBytes.Should().Be(CommitRow.HeadBytes + keyLength + (valueLength < 0 ? 0 : valueLength));
    }

    private static string[] Decoded(byte[] bytes, int portion)
    {
        var (decoder, batch) = (new CommitDecoder(), new WriteBatch());
        decoder.Begin();
        for (var rest = bytes.AsSpan(); !rest.IsEmpty; rest = rest[Math.Min(portion, rest.Length)..])
        {
            decoder.Feed(rest[..Math.Min(portion, rest.Length)], batch);
        }

        decoder.End();
        return [.. batch.Deltas.Select(d => $"{d.Kind} {System.Text.Encoding.ASCII.GetString(d.Key.Span)} {d.Value.Length}")];
    }

    private static byte[] Encoded((string Key, int Length)[] rows)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(rows.Length);
        writer.Write(0);
        writer.Write(CommitRow.PreludeBytes + rows.Sum(r => (long)new CommitRow(r.Key.Length, r.Length).TotalBytes));
        foreach (var (key, length) in rows)
        {
            writer.Write(key.Length);
            writer.Write(length);
            writer.Write(System.Text.Encoding.ASCII.GetBytes(key));
            writer.Write(new byte[Math.Max(0, length)]);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    // The commit announces the bytes of both.
    private static byte[] BehindFewerThanNone((string Key, int Length)[] rows)
    {
        var bytes = Encoded(rows);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), (long)bytes.Length + CommitRow.PreludeBytes);
        return [.. BitConverter.GetBytes(-1L), .. new byte[8], .. bytes];
    }

    private static byte[] Changed(int at, int number)
    {
        var bytes = Encoded(Rows);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), number);
        return bytes;
    }
}
