using MvStore.GarbageCollection;

namespace MvStore.Tests.GarbageCollection;

/// <summary>What are times of versions and what are none although they could be read, at the edges (E3, F3).</summary>
public sealed class StoredTimesCodecTests
{
    private const int HeaderBytes = 17;

    private static readonly VersionMoment Now = new(1_000, 5_000);

    public static TheoryData<string, long[][]> Right => new()
    {
        { "the very beginning", [[0, 0, 0]] },
        { "the moment at which they were taken", [[1_000, 5_000, 7]] },
        { "several versions by one moment", [[8, 9, 1], [8, 9, 2]] },
        { "a time of day that ran slower, and faster", [[500, 100, 1], [600, 101, 2], [601, 4_000, 3]] },
        { "numbers at which a byte more is needed", [[127, 127, 127], [255, 255, 255], [255, 383, 256]] },
        { "the last version there can be", [[1, 1, long.MaxValue]] },
    };

    public static TheoryData<string, long[][]> Wrong => new()
    {
        { "no sample", [] },
        { "a version over the last", [[1, 1, long.MinValue]] },
        { "a version twice", [[1, 1, 4], [2, 2, 4]] },
        { "versions that descend", [[1, 1, 4], [2, 2, 3]] },
        { "an age that descends", [[2, 2, 4], [1, 2, 5]] },
        { "a time of day that descends", [[2, 2, 4], [2, 1, 5]] },
        { "an age before the first", [[-1, 2, 4]] },
        { "a time of day before the first", [[2, -1, 4]] },
        { "an age after they were taken", [[1_001, 2, 4]] },
        { "a time of day after they were taken", [[2, 5_001, 4]] },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void E3_TimesAreReadAsTheyWereWritten(string what, long[][] samples)
    {
        var times = Times(samples);
        var read = StoredTimesCodec.Decode(StoredTimesCodec.Encode(times));
        read.TakenAt.Should().Be(Now, what);
        read.Samples.Should().Equal(times.Samples, what);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void F3_TimesThatCannotBeAreDamage(string what, long[][] samples) => Damage(StoredTimesCodec.Encode(Times(samples)), what);

    [Fact]
    public void F3_AnotherFormatIsDamageAndSoIsWhatIsCutOff()
    {
        var good = StoredTimesCodec.Encode(Times([1, 300, 70_000]));
        Damage([2, .. good[1..]], "the format is another one");
        for (var length = 0; length < good.Length; length++)
        {
            Damage(good[..length], $"it was cut off at {length}");
        }
    }

    [Fact]
    public void F3_ANumberHasATenthByteAtMost()
    {
        byte[] header = StoredTimesCodec.Encode(Times([1, 1, 1]))[..HeaderBytes];
        byte[] nine = [.. Enumerable.Repeat((byte)0x80, 9)];
        StoredTimesCodec.Decode([.. header, .. nine, 0, 0, 0]).Samples.Should().Equal(new VersionSample(default, CommitVersion.Zero));
        Damage([.. header, .. nine, 0x80, 0, 0, 0], "there is an eleventh");
    }

    [Fact]
    public void F3_AMapHoldsSoManySamplesAndNoMore()
    {
        var full = Enumerable.Range(1, VersionTimes.Capacity).Select(i => new VersionSample(default, (ulong)i)).ToArray();
        StoredTimesCodec.Decode(StoredTimesCodec.Encode(new StoredTimes(Now, full))).Samples.Should().Equal(full);
        Damage(StoredTimesCodec.Encode(new StoredTimes(Now, [.. full, new VersionSample(default, VersionTimes.Capacity + 1)])), "it is one too many");
    }

    /// <summary>Samples of 30 bytes each, and a last one that fills the note to its last byte, or one byte beyond.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void E3_ANoteIsFilledToItsLastByteBeforeSamplesAreLeftOut(int beyond, bool holdsAll)
    {
        // A time of day that descends, and versions and ages that go round, take ten bytes each: nobody would store such times, but so much is room for any.
        var samples = new List<VersionSample>();
        var last = default(VersionSample);
        for (var room = TierNote.MaxContentLength + beyond - HeaderBytes; room > 0;)
        {
            var bytes = room is 31 or 32 ? 15 : Math.Min(30, room);
            samples.Add(last = Following(last, bytes));
            room -= bytes;
        }

        var encoded = StoredTimesCodec.Encode(new StoredTimes(default, samples));
        (encoded.Length == TierNote.MaxContentLength).Should().Be(holdsAll);
        encoded.Length.Should().BeLessThanOrEqualTo(TierNote.MaxContentLength);
    }

    // The sample whose three numbers take so many bytes behind another one.
    private static VersionSample Following(VersionSample last, int bytes)
    {
        var ofVersion = Math.Min(10, bytes - 2);
        var ofAge = Math.Min(10, bytes - ofVersion - 1);
        var age = unchecked((long)Number(ofAge));
        var utc = age + (long)(Number(bytes - ofVersion - ofAge) >> 1); // signs take a bit
        return new VersionSample(new VersionMoment(unchecked(last.At.Age + age), unchecked(last.At.Utc + utc)), unchecked(last.Version.Value + Number(ofVersion)));

        // The lowest that takes so many bytes.
        static ulong Number(int bytes) => bytes == 1 ? 0 : 1UL << (7 * (bytes - 1));
    }

    private static void Damage(byte[] bytes, string what)
        => FluentActions.Invoking(() => StoredTimesCodec.Decode(bytes)).Should().Throw<PersistentTierException>(what).WithMessage("*is damaged: it does not hold times.")
            .Which.Failure.Should().Be(TierFailure.Damaged);

    // Age, time of day, version.
    private static StoredTimes Times(params long[][] samples)
        => new(Now, [.. samples.Select(s => new VersionSample(new VersionMoment(s[0], s[1]), (ulong)s[2]))]);
}
