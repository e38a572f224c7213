using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace MvStore.Tool.Git;

/// <summary>
/// One running <c>git</c>. Its environment is cleared of everything that could point it at another repository, rewrite objects, ask
/// questions, or translate messages; it takes no optional locks, so that it never disturbs work going on in the repository.
/// </summary>
internal sealed class GitProcess : IAsyncDisposable
{
    /// <summary>How shells and .NET report a child ended by Ctrl-C, which a terminal sends to every process of the group.</summary>
    private const int InterruptedExitCode = 130;

    private static readonly string[] Inherited =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX", "GIT_LITERAL_PATHSPECS", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
        "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS",
    ];

    private readonly Process _process;
    private readonly Task<string> _messages;
    private readonly string _name;

    private GitProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        _messages = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What git reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What git writes, as bytes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts git in a directory.</summary>
    /// <param name="directory">Where git looks for the repository.</param>
    /// <param name="arguments">The subcommand and its arguments.</param>
    public static GitProcess Start(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var name in Inherited)
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        string[] first = ["-C", directory, "--no-pager", "-c", "core.quotepath=off", "-c", "diff.renames=false"];
        foreach (var argument in first.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return new GitProcess(Process.Start(start)!, arguments[0]);
        }
        catch (Win32Exception e)
        {
            throw new GitException("The git executable could not be started; install git and make sure it is on PATH.", e);
        }
    }

    /// <summary>Runs git to its end.</summary>
    /// <param name="directory">Where git looks for the repository.</param>
    /// <param name="cancellationToken">Kills git.</param>
    /// <param name="arguments">The subcommand and its arguments.</param>
    /// <returns>What it wrote, without the newline at the end.</returns>
    /// <exception cref="GitException">It failed; the message is its own.</exception>
    public static async Task<string> ReadAsync(string directory, CancellationToken cancellationToken, params string[] arguments)
    {
        await using var git = Start(directory, arguments);
        git.Input.Close();
        using var reader = new StreamReader(git.Output, Encoding.UTF8, leaveOpen: true);
        var text = await reader.ReadToEndAsync(cancellationToken);
        await git.CompleteAsync(cancellationToken);
        return text.TrimEnd('\n', '\r');
    }

    /// <summary>Waits for git to end by itself.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="GitException">It failed; the message is its own.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted from the keyboard, or the wait was cancelled.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (_process.ExitCode == InterruptedExitCode)
        {
            throw new OperationCanceledException("Git was interrupted.");
        }

        if (_process.ExitCode != 0)
        {
            var message = (await _messages).Trim();
            throw new GitException(message.Length == 0
                ? $"git {_name} ended with exit code {_process.ExitCode}."
                : $"git {_name}: {FirstLine(message)}");
        }
    }

    /// <summary>Kills git when it is still running.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It ended in between.
            }

            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static string FirstLine(string message)
    {
        var line = message.Split('\n', 2)[0].TrimEnd('\r');
        return line.StartsWith("fatal: ", StringComparison.Ordinal) ? line["fatal: ".Length..] : line;
    }
}
