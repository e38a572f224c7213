using System.Diagnostics;
using System.Globalization;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

/// <summary>Command lines put together at random end with one of the exit codes that are told, never with that of a defect. <c>MVSTORE_FUZZ_MINUTES</c> tries as long.</summary>
public class RandomInputTests
{
    private const int FirstSeed = 50_000;
    private const int Fast = 250;
    private const int MostWords = 6;

    // Without those that take long or need another program.
    private static readonly string[] Commands =
        ["get", "history", "scan", "diff", "stat", "gc", "explain", "pins", "rollback", "verify", "backup", "restore", "log", "log dump", "log verify", "completions", "no-such-command"];

    private static readonly string[] Words =
    [
        "--at", "--store", "store.db", "--json", "--verbose", "--prefix", "--keep", "--from", "--to", "--limit", "--yes", "--dry-run", "--help", "--version", "--frobnicate", "--", "-", "",
        "0", "1", "2", "3", "-1", "1.5", "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e3", "latest", "2026-02-30", "2026-11-23T10:00:00Z",
        "a", "key 1", "key 999", "missing.db", "copy.db", "broken.db", "bash", "\u00e4\u00f6", "\0", "\ud800", "x'00ff'", "0x00ff", "*", "%s", "a=b", "@file",
    ];

    [Fact]
    public async Task Every_command_line_ends_with_a_code_that_is_told()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("MVSTORE_FUZZ_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var time) ? time : (double?)null;
        using var directory = new TemporaryDirectory();
        await FillAsync(directory);
        var codes = new HashSet<int>();
        var begin = Stopwatch.GetTimestamp();
        for (var seed = FirstSeed; minutes is null ? seed < FirstSeed + Fast : Stopwatch.GetElapsedTime(begin).TotalMinutes < minutes; seed++)
        {
            var random = new Random(seed);
            string[] args = [.. Commands[random.Next(Commands.Length)].Split(' '), .. Enumerable.Range(0, random.Next(MostWords)).Select(_ => Words[random.Next(Words.Length)])];
            var result = await InProcess.RunAsync(directory.Path, args);
            codes.Add(result.ExitCode);
            result.ExitCode.Should().BeOneOf([0, 1, 2, 3, 4], "seed {0}, mvstore {1}: {2}", seed, string.Join(' ', args.Select(a => $"'{a}'")), result.Error);
        }

        codes.Should().Contain([0, 2, 3]);
    }

    private static async Task FillAsync(TemporaryDirectory directory)
    {
        await using (var store = await new MvStoreBuilder().UseSqlite(directory.Combine("store.db")).OpenAsync())
        {
            for (ulong version = 1; version <= 20; version++)
            {
                var key = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"key {version % 7}"));
                await store.CommitAsync(new WriteBatch().Set(key, key).Set("a"u8, key), version);
            }
        }

        var bytes = await File.ReadAllBytesAsync(directory.Combine("store.db"));
        new Random(FirstSeed).NextBytes(bytes.AsSpan(bytes.Length / 2));
        await File.WriteAllBytesAsync(directory.Combine("broken.db"), bytes);
    }
}
