// Changes the engine in small ways, one at a time, and says whether the tests that concern the changed file notice:
//   dotnet run .ci/mutation.cs -- [COMMIT | PATH...]
// With a commit, HEAD~1 unless another is given: the files that changed since. With paths: these files, and those in these folders. The folder it runs in is the repository.
#:property TreatWarningsAsErrors=false
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

const string Tool = "dotnet-stryker@5.1.0";
const string Output = "artifacts/mutation";
const double Least = 85;
const double LeastOfList = 95;

string[] projects = ["src/MvStore/", "src/MvStore.Sqlite/"];

// Tests mirror the source, so the ones of its own name concern a file, and these; the longest beginning counts. A file without a line of its own has all tests of its folder besides. Few and quick ones
// are enough where they are about the file alone: each of them runs for every mutant that it reaches.
(string Source, string[] Tests)[] besides =
[
    ("src/MvStore/", [".Contract.", ".Scenarios."]),
    ("src/MvStore/Committing/", ["CommitSequencerTests", "PublicationTellingTests", "CommitAdmissionTests", "AdmittedDropTests", "CommitWatchTests", "RollbackWatchTests"]),
    ("src/MvStore/Contracts/Crc32C.cs", []),
    ("src/MvStore/GarbageCollection/FloorKeeper.cs", []),
    ("src/MvStore/GarbageCollection/RetentionPolicy.cs", []),
    ("src/MvStore/GarbageCollection/StoredTimesCodec.cs", ["StoredTimesTests"]),
    ("src/MvStore/Logging/CommitDecoder.cs", []),
    ("src/MvStore/Logging/Frame", ["FrameTests", "LogFormatTests"]),
    ("src/MvStore/Logging/LogScanner.cs", ["LogSegmentsScanTests"]),
    ("src/MvStore/Logging/SegmentHeader.cs", ["LogFormatTests"]),
    ("src/MvStore/Reading/PageTokenCodec.cs", []),
    ("src/MvStore/RetentionRule.cs", []),
    ("src/MvStore.Sqlite/", ["SqliteTier"]),
    ("src/MvStore.Sqlite/Connections/Failures.cs", ["FailureTests"]),
    ("src/MvStore.Sqlite/Writing/StoredGarbage.cs", ["StoredGarbageStateTests"]),
    ("src/MvStore.Sqlite/Writing/VersionHistogram.cs", []),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", []),
];

// Mutants after which nothing else happens than before: part of the line, what stands in its place, and why.
(string File, string Line, string Instead, string Reason)[] same =
[
    ("src/MvStore/Contracts/Crc32C.cs", "bytes.Length >= sizeof(ulong)", "bytes.Length > sizeof(ulong)", "The last eight bytes one by one are the same."),
    ("src/MvStore/GarbageCollection/FloorKeeper.cs", "seen with { Set = seen.Set }", "TryReplace", "Whoever was faster has published them anew as well."),
    ("src/MvStore/GarbageCollection/RetentionPolicy.cs", "highest.Value > distance", "highest.Value >= distance", "The difference is 0."),
    ("src/MvStore/GarbageCollection/RetentionPolicy.cs", "retention.Age >= life", "retention.Age > life", "The two are equal."),
    ("src/MvStore/GarbageCollection/StoredTimesCodec.cs", "bytes.Length < HeaderLength", "bytes.Length <= HeaderLength", "Without a sample it is damage all the same."),
    ("src/MvStore/GarbageCollection/StoredTimesCodec.cs", "number >> 1", "number >>> 1", "It has no sign."),
    ("src/MvStore/GarbageCollection/StoredTimesCodec.cs", "number >>= 7", "number >>>= 7", "It has no sign."),
    ("src/MvStore/GarbageCollection/StoredTimesCodec.cs", "number |=", "number ^=", "These bits are not set yet."),
    ("src/MvStore/Logging/CommitDecoder.cs", "continue;", ";", "What is left of the payload is looked at the same way, or is empty."),
    ("src/MvStore/Logging/CommitDecoder.cs", "_carried.Length < needed", "_carried.Length <= needed", "It gets the length it has."),
    ("src/MvStore/Logging/FrameReader.cs", "Math.Min(BufferBytes", "Math.Max", "More memory, read into as far as before."),
    ("src/MvStore/Logging/FrameReader.cs", "Offset < _bufferStart ||", "Offset <= _bufferStart", "The same bytes are read once more."),
    ("src/MvStore/Logging/FrameReader.cs", "Offset + count > _bufferStart", "Offset + count >= _bufferStart", "The same bytes are read once more."),
    ("src/MvStore/Logging/FrameReader.cs", "_buffered - (Offset", "_buffered + (Offset", "The two places differ only where enough was read before."),
    ("src/MvStore/Logging/FrameReader.cs", "end - Offset", "end + Offset", "More is read, and nobody looks behind the end."),
    ("src/MvStore/Logging/LogScanner.cs", "_end.Sequence > durable &&", "_end.Sequence >= durable", "A log that ends there has met it."),
    ("src/MvStore/Logging/LogScanner.cs", "return _damage is null ? live : [];", "(false?live :[])", "It is null only if there are none."),
    ("src/MvStore/Logging/LogScanner.cs", "frame.Version > _end.Highest", "frame.Version >= _end.Highest", "The two are equal."),
    ("src/MvStore/Logging/SegmentHeader.cs", "Salt >> 32", "Salt >>> 32", "It has no sign."),
    ("src/MvStore/RetentionRule.cs", "holders < 2", "holders <= 2", "More than one is more than one."),
    ("src/MvStore/RetentionRule.cs", "Plan.DependsOnKind ||", "(true?", "Where kinds do not differ the kind changes nothing."),
    ("src/MvStore/RetentionRule.cs", "Floors.ByKey.Highest > ofKind", "(true?", "None of these floors is above that of the kind."),
    ("src/MvStore/RetentionRule.cs", "Floors.ByKey.Highest > ofKind", ">= ofKind", "None of these floors is above that of the kind."),
    ("src/MvStore/RetentionRule.cs", "(high - low) >> 1", "(high - low) >>> 1", "It is not negative."),
    ("src/MvStore/RetentionRule.cs", "OfKey > OfKind ? OfKey", "OfKey >= OfKind", "The two are equal."),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", "return;", ";", "What follows adds nothing then."),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", "_spared.Count > 0", "_spared.Count >= 0", "There is nothing to sum."),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", "continue;", ";", "What goes has no pin, and no reason to stay."),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", "_rule.Pins.Count > 0", "_rule.Pins.Count >= 0", "Without a pin nothing is spared."),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", "_ofKinds.Count > 0 &&", "_ofKinds.Count >= 0", "There is none to be found."),
    ("src/MvStore.Sqlite/Writing/GarbageTally.cs", "_verdicts.Length < newestFirst.Length", "_verdicts.Length <= newestFirst.Length", "There is more room than is needed."),
    ("src/MvStore.Sqlite/Writing/VersionHistogram.cs", "(high - low) >> 1", "(high - low) >>> 1", "It is not negative."),
];

var listed = File.ReadAllText(".ci/coverage.cs") is var text && Regex.Match(text, @"string\[\] whole =\s*\[(.*?)\];", RegexOptions.Singleline) is { Success: true } list
    ? Regex.Matches(list.Value, "\"(src/[^\"]+)\"").Select(m => m.Groups[1].Value).ToArray()
    : throw new InvalidOperationException("There is no list of files in .ci/coverage.cs any more.");

if (Chosen() is not { } files)
{
    return 1;
}

var mutants = new List<(string File, int Line, string Instead, bool IsKilled, bool IsSame)>();
foreach (var project in files.GroupBy(file => file.Split('/')[1]))
{
    if (!Measure(project.Key, [.. project]))
    {
        return 1;
    }
}

foreach (var (file, line, instead, _, _) in mutants.Where(m => !m.IsKilled && !m.IsSame))
{
    Console.WriteLine($"survived: {file}:{line} {File.ReadLines(file).ElementAt(line - 1).Trim()}\n  as {instead.ReplaceLineEndings(" ")}");
}

foreach (var file in mutants.GroupBy(m => m.File).OrderBy(f => f.Key, StringComparer.Ordinal))
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Key,-60} {file.Count(m => m.IsKilled),4} of {file.Count(m => m.IsKilled || !m.IsSame),4}, and {file.Count(m => !m.IsKilled && m.IsSame)} that change nothing"));
}

var all = Score("all", Least, _ => true);
return Score("the list", LeastOfList, file => listed.Any(l => file.StartsWith(l, StringComparison.Ordinal))) && all ? 0 : 1;

// The files that are to be changed; null, and said why, where they cannot be told.
string[]? Chosen()
{
    var isPaths = args.Length > 1 || (args is [var only] && (only.Contains('/', StringComparison.Ordinal) || Path.Exists(only)));
    if (!isPaths)
    {
        var since = args is [var commit] ? commit : "HEAD~1";
        using var git = Process.Start(new ProcessStartInfo("git", ["diff", "--name-only", "--diff-filter=d", since, "--", .. projects]) { RedirectStandardOutput = true })!;
        var changed = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
        {
            Console.Error.WriteLine($"'{since}' is neither a file nor a commit");
            return null;
        }

        var found = changed.Split('\n').Where(IsSource).ToArray();
        Console.WriteLine(found.Length == 0 ? $"nothing of the engine has changed since {since}" : $"changed since {since}: {string.Join(", ", found)}");
        return found;
    }

    List<string> named = [];
    foreach (var path in args.Select(a => Path.GetRelativePath(".", a).Replace('\\', '/')))
    {
        string[] inside = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories).Select(f => f.Replace('\\', '/')).Where(IsSource)]
            : File.Exists(path) && IsSource(path) ? [path] : [];
        if (inside.Length == 0)
        {
            Console.Error.WriteLine($"'{path}' is neither a file of {string.Join(" or ", projects)} nor a folder with some");
            return null;
        }

        named.AddRange(inside);
    }

    return [.. named.Distinct()];
}

bool IsSource(string path) => path.EndsWith(".cs", StringComparison.Ordinal) && projects.Any(p => path.StartsWith(p, StringComparison.Ordinal));

string[] TestsOf(string file)
{
    var parts = file.Split('/');
    var concern = besides.Where(b => file.StartsWith(b.Source, StringComparison.Ordinal)).MaxBy(b => b.Source.Length);
    var folder = projects.Contains(concern.Source) && parts.Length > 3 ? $".{parts[2]}." : null;
    return [$".{Path.GetFileNameWithoutExtension(file)}Tests.", .. concern.Tests, .. folder is null ? Array.Empty<string>() : [folder]];
}

bool Measure(string project, string[] chosen)
{
    var tests = chosen.SelectMany(TestsOf).Distinct().Select(t => "FullyQualifiedName~" + t);
    var output = Path.GetFullPath(Path.Combine(Output, project));
    if (Directory.Exists(output))
    {
        Directory.Delete(output, recursive: true);
    }

    Directory.CreateDirectory(output);
    var settings = Path.Combine(output, "settings.json");
    File.WriteAllText(settings, new JsonObject
    {
        ["stryker-config"] = new JsonObject
        {
            ["project"] = project + ".csproj",
            ["configuration"] = "Release",
            ["mutate"] = new JsonArray([.. chosen.Select(f => JsonValue.Create("**/" + string.Join('/', f.Split('/').Skip(2))))]),
            ["test-case-filter"] = string.Join('|', tests),
            ["ignore-methods"] = new JsonArray("ConfigureAwait"),
            ["additional-timeout"] = 5_000, // a mutant that never ends counts as noticed
            ["break-on-initial-test-failure"] = true,
            ["reporters"] = new JsonArray("json", "dots"),
        },
    }.ToJsonString());

    var start = new ProcessStartInfo("dotnet", ["tool", "exec", Tool, "--yes", "--", "--config-file", settings, "--output", output, "--skip-version-check"])
    {
        WorkingDirectory = Path.GetFullPath($"tests/{project}.Tests"),
    };
    using var run = Process.Start(start)!;
    run.WaitForExit();
    if (run.ExitCode != 0)
    {
        Console.Error.WriteLine($"it could not be measured: {Tool} ended with {run.ExitCode}");
        return false;
    }

    using var report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(output, "reports", "mutation-report.json")));
    foreach (var file in report.RootElement.GetProperty("files").EnumerateObject())
    {
        var path = chosen.FirstOrDefault(c => file.Name.Replace('\\', '/') is var name && (name.EndsWith("/" + c, StringComparison.Ordinal) || name == string.Join('/', c.Split('/').Skip(2))));
        if (path is null)
        {
            continue;
        }

        foreach (var mutant in file.Value.GetProperty("mutants").EnumerateArray().Where(m => m.GetProperty("status").GetString() is "Killed" or "Timeout" or "Survived" or "NoCoverage"))
        {
            Add(path, mutant);
        }
    }

    return true;
}

void Add(string file, JsonElement mutant)
{
    var line = mutant.GetProperty("location").GetProperty("start").GetProperty("line").GetInt32();
    var instead = mutant.GetProperty("replacement").GetString()!;
    var before = File.ReadLines(file).ElementAt(line - 1);
    var isSame = same.Any(s => s.File == file && before.Contains(s.Line, StringComparison.Ordinal) && instead.Contains(s.Instead, StringComparison.Ordinal));
    mutants.Add((file, line, instead, mutant.GetProperty("status").GetString() is "Killed" or "Timeout", isSame));
}

bool Score(string name, double least, Func<string, bool> isMeant)
{
    var meant = mutants.Where(m => isMeant(m.File) && (m.IsKilled || !m.IsSame)).ToArray();
    if (meant.Length == 0)
    {
        return true;
    }

    var killed = meant.Count(m => m.IsKilled);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {100.0 * killed / meant.Length:0.0} %, {killed} of {meant.Length} noticed; asked are {least} %"));
    return 100.0 * killed >= least * meant.Length;
}
