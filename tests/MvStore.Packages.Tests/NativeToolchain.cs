using SystemCommand = MvStore.Reliability.Kills.Command;

namespace MvStore.Packages.Tests;

/// <summary>Whether this machine can compile ahead of time: that needs a C compiler that links.</summary>
internal static class NativeToolchain
{
    /// <summary>Whether there is one. Where the compiler comes with an environment of its own (Windows), it is taken to be there if its linker is found.</summary>
    public static bool Exists { get; } = OperatingSystem.IsWindows() ? SystemCommand.Succeeds("where", "link.exe") : Links("clang") || Links("gcc");

    private static bool Links(string compiler)
    {
        var source = Path.Combine(Path.GetTempPath(), $"mvstore-{Guid.NewGuid():N}.c");
        try
        {
            File.WriteAllText(source, "int main(void) { return 0; }");
            return SystemCommand.Succeeds(compiler, source, "-o", OperatingSystem.IsWindows() ? "NUL" : "/dev/null", "-lm");
        }
        finally
        {
            File.Delete(source);
        }
    }
}
