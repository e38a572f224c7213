// Puts together what the test projects covered, and says whether it is enough:
//   dotnet run .ci/coverage.cs -- DIRECTORY [--missed PART-OF-A-PATH]
// DIRECTORY holds the coverage.json files of the test runs; the folder it runs in is the repository. With --missed it lists the lines and branches of some files that no test took.
#:property TreatWarningsAsErrors=false
using System.Globalization;
using System.Text.Json;

const double LeastLines = 95;
const double LeastBranches = 90;

// Where a branch that no test takes is a bug that no test finds: codecs, commit and its log, flush, reclamation and what holds it back, opening, recovery and closing, the mapping of errors.
string[] whole =
[
    "src/MvStore/Committing/",
    "src/MvStore/Flushing/",
    "src/MvStore/GarbageCollection/",
    "src/MvStore/Logging/",
    "src/MvStore/Reading/PageTokenCodec.cs",
    "src/MvStore/Contracts/CommitWatch.cs",
    "src/MvStore/Contracts/Crc32C.cs",
    "src/MvStore/Contracts/FailureLatch.cs",
    "src/MvStore/Contracts/KeyWatch.cs",
    "src/MvStore/Contracts/SlidingMinimum.cs",
    "src/MvStore/Contracts/TierAttempts.cs",
    "src/MvStore/Contracts/TierNotes.cs",
    "src/MvStore/Contracts/TierOpening.cs",
    "src/MvStore/Contracts/TierReads.cs",
    "src/MvStore/Contracts/TierRetryPolicy.cs",
    "src/MvStore/Contracts/TierWrites.cs",
    "src/MvStore/ChangeHoldNote.cs",
    "src/MvStore/ChangeHolds.cs",
    "src/MvStore/ChangeLineages.cs",
    "src/MvStore/ChangeRest.cs",
    "src/MvStore/CommitLogInspection.cs",
    "src/MvStore/FloorSet.cs",
    "src/MvStore/FlushingStage.cs",
    "src/MvStore/LeaseExpiries.cs",
    "src/MvStore/LeaseNote.cs",
    "src/MvStore/LogRemembrance.cs",
    "src/MvStore/LogReplay.cs",
    "src/MvStore/LoggedPublications.cs",
    "src/MvStore/ReclamationRuns.cs",
    "src/MvStore/ReplayGroup.cs",
    "src/MvStore/ReplayWorkers.cs",
    "src/MvStore/RetentionPlan.cs",
    "src/MvStore/RetentionRule.cs",
    "src/MvStore/StoreLeases.cs",
    "src/MvStore/StoreOpening.cs",
    "src/MvStore/StoreShutdown.cs",
    "src/MvStore/StoreStages.cs",
    "src/MvStore/StoreTimes.cs",
    "src/MvStore.Sqlite/Connections/Failures.cs",
    "src/MvStore.Sqlite/Connections/Lookup.cs",
    "src/MvStore.Sqlite/Connections/LookupBatch.cs",
    "src/MvStore.Sqlite/Files/FileHeader.cs",
    "src/MvStore.Sqlite/Files/StoreMark.cs",
    "src/MvStore.Sqlite/Format/",
    "src/MvStore.Sqlite/Writing/",
];

// Branches of these files that no test takes, by the text of their line, and why none can. One that a test takes after all has to be taken off, but for those that only chance takes.
(string File, string Text, bool ByChance, string Reason)[] unreachable =
[
    ("src/MvStore/Committing/ChangeRing.cs", "for (var tries = 0; tries < Tries; tries++)", true, "A reader is overtaken as often as it tries."),
    ("src/MvStore/Committing/ChangeTail.cs", "if (Interlocked.CompareExchange(ref _next, next, null) is null)", true, "Two readers begin to wait at once."),
    ("src/MvStore/Committing/CommitSequencer.cs", "return _current.Sequence >= commit.Sequence ?", true, "The commit is published between the last look and the lock."),
    ("src/MvStore/Committing/InFlightCommit.cs", "public void OnPublished()", false, "It is called only when somebody waits."),
    ("src/MvStore/Flushing/DurableMark.cs", "if (Sequence >= sequence)", true, "The mark moves between the look outside of the lock and the one inside."),
    ("src/MvStore/GarbageCollection/FloorKeeper.cs", "if (ReferenceEquals(found, seen))", true, "Two threads replace the floors at once."),
    ("src/MvStore/GarbageCollection/PinBudgets.cs", "pin.Owner ??", false, "What has a budget was opened as a snapshot, and those have owners."),
    ("src/MvStore/GarbageCollection/ReclamationLoop.cs", "timer.WaitForNextTickAsync", false, "It is false only for a timer that was disposed, and that is when the loop has ended."),
    ("src/MvStore/Logging/CommitLog.cs", "recovery?.Dispose();", false, "Behind the recovery only parts are made, which fails for nothing but want of memory."),
    ("src/MvStore/Logging/DataSync.cs", "if (!OperatingSystem.IsLinux())", false, "Of three systems the tests run on one."),
    ("src/MvStore/Logging/DataSync.cs", "if (OperatingSystem.IsWindows())", false, "Of three systems the tests run on one."),
    ("src/MvStore/Logging/DataSync.cs", "if (error != Interrupted)", true, "A signal comes while the system syncs."),
    ("src/MvStore/Logging/DiskLogDirectory.cs", "if (OperatingSystem.IsWindows())", false, "Of three systems the tests run on one."),
    ("src/MvStore/Logging/DiskLogDirectory.cs", "=> OperatingSystem.IsWindows() ?", false, "Of three systems the tests run on one."),
    ("src/MvStore/Logging/LogFailures.cs", "private static bool IsFull(int code)", false, "Of three systems the tests run on one."),
    ("src/MvStore/Logging/LogLevel.cs", "if (_sequence >= sequence)", true, "It moves between the look outside of the lock and the one inside."),
    ("src/MvStore/StoreLeases.cs", "if (!lease.Limit.TryMoveOn(duration))", true, "The lease lapses between the look and the renewal."),
    ("src/MvStore.Sqlite/Writing/CollectedKey.cs", "if (!keep[0] && (keep.Contains(true)", false, "RetentionRule lets the newest entry go only if it deletes its key and nothing else of the key stays."),
    ("src/MvStore.Sqlite/Writing/EntryWriter.cs", "if (!StepToNewest(row.Key.Span))", false, "What the insertion met is found by the next statement of the same transaction."),
    ("src/MvStore.Sqlite/Writing/WriteTransaction.cs", "if (RolledBack(failure, doing) is { } worse)", false, "Only a fault of the disk lets ROLLBACK fail: the proofs with such faults are not measured."),
    ("src/MvStore.Sqlite/Writing/Writer.cs", "PRAGMA journal_mode = WAL", false, "SQLite answers so where a file system has no shared memory, and none is at hand."),
];

var lines = new Dictionary<(string File, int Line), long>();
var branches = new Dictionary<(string File, int Line, string Branch), long>();
var reports = Directory.GetFiles(args[0], "coverage.json", SearchOption.AllDirectories);
foreach (var report in reports)
{
    using var document = JsonDocument.Parse(File.ReadAllBytes(report));
    foreach (var file in document.RootElement.EnumerateObject().SelectMany(module => module.Value.EnumerateObject()))
    {
        foreach (var method in file.Value.EnumerateObject().SelectMany(type => type.Value.EnumerateObject()))
        {
            Add(PathOf(file.Name), method);
        }
    }
}

if (reports.Length == 0 || lines.Count == 0)
{
    Console.Error.WriteLine($"no coverage in {args[0]}");
    return 1;
}

if (args is [_, "--missed", var part])
{
    foreach (var miss in lines.Where(l => l.Value == 0).Select(l => (l.Key.File, l.Key.Line, What: "line"))
        .Concat(branches.Where(b => b.Value == 0).Select(b => (b.Key.File, b.Key.Line, What: "branch " + b.Key.Branch)))
        .Where(m => m.File.Contains(part, StringComparison.Ordinal))
        .Distinct()
        .OrderBy(m => m.File, StringComparer.Ordinal).ThenBy(m => m.Line))
    {
        Console.WriteLine($"{miss.File}:{miss.Line} {miss.What}");
    }

    return 0;
}

var failed = false;
foreach (var project in lines.Keys.Select(l => ProjectOf(l.File)).Distinct().Order(StringComparer.Ordinal).Append("all"))
{
    var (line, branch) = (Share(lines, l => l.File, InProject), Share(branches, b => b.File, InProject));
    failed |= line < LeastLines || branch < LeastBranches;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{project,-16} lines {line:0.0} %  branches {branch:0.0} %"));

    bool InProject(string file) => project == "all" || ProjectOf(file) == project;
}

var missed = branches.Where(b => b.Value == 0 && whole.Any(w => b.Key.File.StartsWith(w, StringComparison.Ordinal))).Select(b => b.Key).ToArray();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{"whole",-16} branches {Share(branches, b => b.File, file => whole.Any(w => file.StartsWith(w, StringComparison.Ordinal))):0.0} %, {missed.Length} missed"));
var excused = new HashSet<string>();
foreach (var miss in missed.OrderBy(m => m.File, StringComparer.Ordinal).ThenBy(m => m.Line))
{
    var text = File.ReadLines(miss.File).ElementAt(miss.Line - 1).Trim();
    if (unreachable.FirstOrDefault(u => u.File == miss.File && text.Contains(u.Text, StringComparison.Ordinal)) is { File: not null } known)
    {
        excused.Add(known.File + known.Text);
        continue;
    }

    failed = true;
    Console.WriteLine($"missed: {miss.File}:{miss.Line} {text}");
}

foreach (var stale in unreachable.Where(u => !u.ByChance && !excused.Contains(u.File + u.Text)))
{
    failed = true;
    Console.WriteLine($"not missed any more, so it has to leave the list: {stale.File} \"{stale.Text}\"");
}

return failed ? 1 : 0;

void Add(string file, JsonProperty method)
{
    if (!file.StartsWith("src/", StringComparison.Ordinal))
    {
        return; // written by a generator
    }

    foreach (var line in method.Value.GetProperty("Lines").EnumerateObject())
    {
        var key = (file, int.Parse(line.Name, CultureInfo.InvariantCulture));
        lines[key] = lines.GetValueOrDefault(key) + line.Value.GetInt64();
    }

    foreach (var branch in method.Value.GetProperty("Branches").EnumerateArray())
    {
        var name = $"{method.Name} {branch.GetProperty("Offset").GetInt32()}:{branch.GetProperty("Path").GetInt32()}:{branch.GetProperty("Ordinal").GetInt32()}";
        var key = (file, branch.GetProperty("Line").GetInt32(), name);
        branches[key] = branches.GetValueOrDefault(key) + branch.GetProperty("Hits").GetInt64();
    }
}

static double Share<TKey>(Dictionary<TKey, long> hits, Func<TKey, string> fileOf, Func<string, bool> isMeant)
    where TKey : notnull
{
    var meant = hits.Where(h => isMeant(fileOf(h.Key))).ToArray();
    return meant.Length == 0 ? 100 : 100.0 * meant.Count(h => h.Value > 0) / meant.Length;
}

static string PathOf(string path)
{
    var normal = path.Replace('\\', '/');
    var at = normal.IndexOf("/src/", StringComparison.Ordinal);
    return at < 0 ? normal : normal[(at + 1)..];
}

static string ProjectOf(string file) => file.Split('/') is ["src", var project, ..] ? project : file;
