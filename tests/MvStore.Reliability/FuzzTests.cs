using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using MvStore.GarbageCollection;
using MvStore.Logging;
using MvStore.Reading;
using MvStore.Reliability.Fuzzing;
using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// Wrong input to everything that reads bytes: it is refused in the way it is documented to be, or means something, and never anything else (contract F3). <c>MVSTORE_FUZZ_MINUTES</c> tries as
/// long, in each test, instead of a number of seeds.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int FirstSeed = 40_000;
    private const int Often = 20_000;
    private const int Seldom = 150; // where each time files are written

    private static readonly double? Minutes
        = double.TryParse(Environment.GetEnvironmentVariable("MVSTORE_FUZZ_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) ? minutes : null;

    [Fact]
    public Task F3_ACommitOfTheLogWithTheRightChecksumAndWrongContent()
    {
        var right = CommitBytes();
        return EveryAsync(nameof(F3_ACommitOfTheLogWithTheRightChecksumAndWrongContent), Often / 10, random =>
        {
            var wrong = Mutation.Of(right, random);
            var (decoder, batch) = (new CommitDecoder(), new WriteBatch());
            try
            {
                decoder.Begin();
                for (var rest = wrong.AsSpan(); !rest.IsEmpty;)
                {
                    var portion = random.Next(1, rest.Length + 1);
                    decoder.Feed(rest[..portion], batch);
                    rest = rest[portion..];
                }

                decoder.End();
                Require(batch.Count == decoder.Rows, $"{decoder.Rows} rows were counted, {batch.Count} taken");
                return Task.FromResult("read");
            }
            catch (CommitLogException e)
            {
                Require(e.Failure == TierFailure.Damaged, $"it is called {e.Failure}");
                return Task.FromResult("refused");
            }
        });
    }

    [Fact]
    public async Task F3_FilesOfTheLog()
    {
        var directory = Folder.Create();
        using (var victim = VictimProcess.Start(["hold", directory, "11"]))
        {
            await victim.KillAfterAsync(lines: 1, spins: 0);
            victim.Durable.Should().BePositive(await victim.ErrorsAsync());
        }

        var log = Path.Combine(directory, "log");
        var right = CommitLogInspection.Read(log).ToArray();
        var files = Directory.GetFiles(log).Select(path => (Name: Path.GetFileName(path), Bytes: Used(path))).Where(f => f.Bytes.Length > 0).Order().ToArray();
        await EveryAsync(nameof(F3_FilesOfTheLog), Seldom, random =>
        {
            var copy = Folder.Create();
            try
            {
                var changed = random.Next(files.Length);
                for (var i = 0; i < files.Length; i++)
                {
                    File.WriteAllBytes(Path.Combine(copy, files[i].Name), i == changed ? Mutation.Of(files[i].Bytes, random) : files[i].Bytes);
                }

                return Task.FromResult(Examine(copy, right));
            }
            finally
            {
                Directory.Delete(copy, recursive: true);
            }
        });
    }

    [Fact]
    public async Task B9_PageTokensWithTheRightFingerprintAndWrongContent()
    {
        await using var store = await new MvStoreBuilder().OpenAsync();
        for (ulong version = 1; version <= 40; version++)
        {
            await store.CommitAsync(new WriteBatch().Set([(byte)(version % 13)], [(byte)version]), version);
        }

        var right = (await store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(30), 3)).Next!.Value.Bytes.ToArray();
        await EveryAsync(nameof(B9_PageTokensWithTheRightFingerprintAndWrongContent), Often, async random =>
        {
            var wrong = Mutation.Of(right[..^sizeof(ulong)], random);
            wrong = [.. wrong, .. new byte[sizeof(ulong)]];
            BinaryPrimitives.WriteUInt64LittleEndian(wrong.AsSpan(wrong.Length - sizeof(ulong)), Fingerprint.Of(wrong.AsSpan(0, wrong.Length - sizeof(ulong))));
            try
            {
                var page = await store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(30), 3, continuation: new PageToken(wrong));
                Require(page.Rows.Count <= 3, $"a page of {page.Rows.Count} rows");
                return "read";
            }
            catch (Exception e) when (e is ArgumentException or BelowFloorException)
            {
                return "refused";
            }
        });
    }

    [Fact]
    public Task F3_TheNoteOfTimes()
    {
        var samples = Enumerable.Range(1, 60).Select(i => new VersionSample(new VersionMoment(i * 1_000_000L, i * 1_100_000L), (ulong)i * 17)).ToArray();
        var right = StoredTimesCodec.Encode(new StoredTimes(new VersionMoment(100_000_000, 200_000_000), samples));
        return EveryAsync(nameof(F3_TheNoteOfTimes), Often, random =>
        {
            try
            {
                var read = StoredTimesCodec.Decode(Mutation.Of(right, random));
                var again = StoredTimesCodec.Decode(StoredTimesCodec.Encode(read));
                Require(again.TakenAt == read.TakenAt && again.Samples.SequenceEqual(read.Samples), "it reads otherwise when it is written again");
                return Task.FromResult("read");
            }
            catch (PersistentTierException e) when (e.Failure == TierFailure.Damaged)
            {
                return Task.FromResult("refused");
            }
        });
    }

    [Fact]
    public Task F3_TheNoteOfLeases()
    {
        var right = LeaseNote.Encode(
        [
            new LeaseInfo("backup", 5, 7, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue),
            new LeaseInfo("job", 9, 9, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)) { Scope = KeyRange.Between("a"u8, true, "zz"u8, true) },
            new LeaseInfo("x", 1, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) { Scope = KeyRange.Prefix("p"u8) },
        ]);
        return EveryAsync(nameof(F3_TheNoteOfLeases), Often, random =>
        {
            try
            {
                var read = LeaseNote.Decode(Mutation.Of(right, random));
                Require(LeaseNote.Decode(LeaseNote.Encode(read)).SequenceEqual(read), "it reads otherwise when it is written again");
                return Task.FromResult("read");
            }
            catch (PersistentTierException e) when (e.Failure == TierFailure.Damaged)
            {
                return Task.FromResult("refused");
            }
        });
    }

    // Whatever is read is the beginning of what was written.
    private static string Examine(string directory, CommitLogRecord[] right)
    {
        try
        {
            var report = CommitLogInspection.Verify(directory);
            var read = CommitLogInspection.Read(directory).ToArray();
            Require(read.Length <= right.Length && read.SequenceEqual(right.Take(read.Length)), $"{read.Length} commits were read, {right.Length} written, and they differ");
            Require(report.Commits == read.Length || report.Damage is not null, $"{report.Commits} commits were verified, {read.Length} read");
            return report.IsSound ? $"sound, {(read.Length == right.Length ? "all" : "a part of it")}" : "damage reported";
        }
        catch (Exception e) when (e is CommitLogException or StoreFormatException)
        {
            return "refused";
        }
    }

    private static byte[] CommitBytes()
    {
        var bytes = new MemoryStream();
        var writer = new BinaryWriter(bytes);
        (string Key, int Length)[] rows = [("a", 0), ("key 2", 300), ("c", CommitRow.Tombstone), ("", 5), ("dropped", CommitRow.Drop), ("long", 2_000)];
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

    // Files are allocated whole; what lies behind the last byte says nothing.
    private static byte[] Used(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes[..(bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1)];
    }

    private async Task EveryAsync(string test, int count, Func<Random, Task<string>> tryAsync)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var begin = Stopwatch.GetTimestamp();
        foreach (var seed in Minutes is null ? Effort.Seeds(FirstSeed, count, 50 * count) : Effort.Seeds(FirstSeed, int.MaxValue - FirstSeed, int.MaxValue - FirstSeed))
        {
            if (Minutes is { } time && Stopwatch.GetElapsedTime(begin).TotalMinutes >= time)
            {
                break;
            }

            try
            {
                var outcome = await tryAsync(new Random(seed));
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception e)
            {
                throw new LossException($"{e.GetType().Name}: {e.Message} Replay: {Effort.Replay(seed, test)}{Environment.NewLine}{e.StackTrace}");
            }
        }

        output.WriteLine(string.Join(", ", outcomes.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}: {o.Value}"))));
        outcomes.Should().NotBeEmpty();
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new LossException(what);
        }
    }
}
