using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>What the head of a segment says, and when there is none (F3, F5).</summary>
public sealed class SegmentHeaderTests
{
    private const string Name = "00000001.mvlog";
    private const int Bytes = 88;

    private static readonly SegmentHeader Header =
        new(0x8000_0000_0000_0002, 3, -4, 0xFFFF_FFFB, 6, ulong.MaxValue - 7, 0x0102_0304_0506_0708, ulong.MaxValue - 9, CommitVersion.Max, ulong.MaxValue - 11);

    [Fact]
    public void F3_AHeadSaysWhatWasWritten() => Read(Written()).Should().Be(Header);

    [Fact]
    public void F5_TheRestOfItsSectorIsEmpty() => Written()[Bytes..].Should().OnlyContain(b => b == 0, "what stood there before is of another use of the file");

    [Fact]
    public void F3_AFileThatIsCutOffInsideItsFirstSectorHoldsNone()
    {
        var sector = Written();
        for (var length = 0; length < sector.Length; length++)
        {
            Read(sector[..length]).Should().BeNull("the file has {0} bytes", length);
        }
    }

    [Fact]
    public void F3_NoByteOfAHeadCanBeAnother()
    {
        var sector = Written();
        for (var at = 0; at < Bytes; at++)
        {
            sector[at] ^= 0x40;
            if (at is >= 8 and < 12)
            {
                FluentActions.Invoking(() => Read(sector)).Should().Throw<StoreFormatException>("byte {0} makes it a newer format", at);
            }
            else
            {
                Read(sector).Should().BeNull("byte {0} was changed", at);
            }

            sector[at] ^= 0x40;
        }
    }

    [Fact]
    public void F5_ANewerFormatIsRefusedByItsName()
    {
        var sector = Written();
        sector[8]++;
        FluentActions.Invoking(() => Read(sector)).Should().Throw<StoreFormatException>().WithMessage($"*'{Name}'*format 2*up to 1*not touched*");
    }

    private static byte[] Written()
    {
        var sector = new byte[LogFormat.SectorBytes];
        sector.AsSpan().Fill(0xEE);
        Header.Write(sector);
        return sector;
    }

    private static SegmentHeader? Read(byte[] content)
        => SegmentHeader.Read(new SimulatedFile(new SimulatedDisk(new Dictionary<string, byte[]> { [Name] = content }), Name), Name);
}
