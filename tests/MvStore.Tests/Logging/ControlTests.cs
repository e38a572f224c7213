using System.Buffers.Binary;
using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>The checks of <see cref="PowerLossTests"/> have teeth: they find faults that are planted, and meet what checksums are there for.</summary>
public sealed class ControlTests
{
    private const int Seeds = 3;

    [Fact]
    public void AnAcknowledgementBeforeTheSyncIsFound()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 6; i++)
        {
            run.Publish(values: 2, valueBytes: 100);
            run.AcknowledgeTooEarly();
        }

        PowerLossCheck.Every(run, Seeds).Bad.Should().Contain(line => line.Contains("acknowledged up to", StringComparison.Ordinal));
    }

    [Fact]
    public void AFileUsedAgainBeforeTheTierHasItIsFound()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 12; i++)
        {
            run.Publish(values: 4, valueBytes: 1_000);
            run.Acknowledge();
            run.ReleaseTooEarly();
        }

        PowerLossCheck.Every(run, Seeds).Bad.Should().Contain(line => line.Contains("begins behind publication", StringComparison.Ordinal));
    }

    [Fact]
    public void FramesThatOnlyLookRightOccur()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 4; i++)
        {
            run.Publish(values: 3, valueBytes: 600);
            run.Step();
        }

        var wrong = 0;
        for (var operations = 0; operations <= run.Disk.Operations.Count; operations++)
        {
            for (var seed = 0; seed < 10; seed++)
            {
                var image = run.Disk.AfterPowerLoss(operations, PowerLoss.KeepsSome, new Random(seed));
                wrong += ReadWithoutChecksums(image).Zip(run.Published).Count(pair => pair.First != pair.Second);
            }
        }

        wrong.Should().BePositive("a reader that believes lengths alone returns commits that were never made");
    }

    /// <summary>The commits that a reader would find that looks at no checksum.</summary>
    private static List<string> ReadWithoutChecksums(Dictionary<string, byte[]> image)
    {
        var commits = new List<string>();
        var batch = new WriteBatch();
        foreach (var content in image.Where(f => f.Key.EndsWith(LogFormat.SegmentSuffix, StringComparison.Ordinal)).OrderBy(f => f.Key).Select(f => f.Value))
        {
            for (var at = LogFormat.FirstFrame; at + FrameHeader.Bytes <= content.Length;)
            {
                var frame = content.AsSpan(at);
                if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != FrameHeader.Magic)
                {
                    break;
                }

                var length = BinaryPrimitives.ReadInt32LittleEndian(frame[16..]);
                try
                {
                    var decoder = new CommitDecoder();
                    decoder.Begin();
                    decoder.Feed(frame.Slice(FrameHeader.Bytes, length), batch.Clear());
                    decoder.End();
                    var sequence = BinaryPrimitives.ReadUInt64LittleEndian(frame[24..]);
                    commits.Add(LogText.Of(new LoggedCommit(sequence, BinaryPrimitives.ReadUInt64LittleEndian(frame[32..]), batch)));
                }
                catch (CommitLogException)
                {
                    commits.Add("not a commit");
                }

                at += LogFormat.FrameBytes(length);
            }
        }

        return commits;
    }
}
