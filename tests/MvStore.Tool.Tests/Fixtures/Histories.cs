namespace MvStore.Tool.Tests.Fixtures;

/// <summary>Histories that hold what git histories can hold.</summary>
internal static class Histories
{
    /// <summary>A path that is no text: not UTF-8, with a newline, quotes and a backslash.</summary>
    public static readonly byte[] OddPath = [.. "odd/\n\"\\"u8, 0xFF, 0xFE, .. " \t"u8];

    /// <summary>Every byte once.</summary>
    public static readonly byte[] Binary = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)];

    /// <summary>The commit a submodule stands at.</summary>
    public const string SubmoduleCommit = "1234567890123456789012345678901234567890";

    /// <summary>One of each: what is at which version is said beside it.</summary>
    public static HistoryScript OneOfEach()
    {
        var script = new HistoryScript()
            .Commit("add", static c => c.Write("a.txt", "one").Write("empty", "").Write("dir", "a file").Write("bin", Binary)) // 1
            .Commit("odd path", static c => c.Write(OddPath, "odd"u8.ToArray())) // 2
            .Commit("change", static c => c.Write("a.txt", "two")) // 3
            .Commit("make executable", static c => c.Write("a.txt", "two", CommitScript.Executable)) // 4
            .Commit("file becomes directory", static c => c.Delete("dir").Write("dir/inner", "inside")) // 5
            .Commit("link and submodule", static c => c.Write("link", "a.txt", CommitScript.Link).Submodule("sub", SubmoduleCommit)); // 6
        var fork = script.Tip;
        var side = script.Side("side work", fork, static c => c.Write("side.txt", "from the side"));
        return script
            .Commit("main work", static c => c.Delete("empty")) // 7
            .Commit("merge", static c => c.Write("side.txt", "from the side"), merge: side) // 8
            .Commit("nothing at all") // 9
            .Commit("rename", static c => c.Rename("a.txt", "b.txt")) // 10
            .Commit("link becomes file, submodule goes", static c => c.Write("link", "a.txt").Delete("sub")) // 11
            .Commit("directory becomes file", static c => c.Delete("dir/inner").Write("dir", "")) // 12
            .Commit("no longer executable", static c => c.Write("b.txt", "two").Write("a.txt", "again")); // 13
    }

    /// <summary>A plain history: each commit writes a counter and a file of its own.</summary>
    public static HistoryScript Counting(int commits)
    {
        var script = new HistoryScript();
        for (var i = 1; i <= commits; i++)
        {
            var number = i;
            script.Commit($"commit {i}", c => c.Write("counter", $"{number}").Write($"files/{number % 50}", $"written by {number}"));
        }

        return script;
    }
}
