using MvStore.Tool.Git;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>A real repository in a directory of its own, made from a script.</summary>
internal sealed class TestRepository : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public TestRepository(HistoryScript? script = null, string objectFormat = "sha1")
    {
        Path = Directory.CreateDirectory(_home.Combine("project")).FullName;
        GitCommandLine.Run(Path, "init", "--quiet", "--initial-branch=main", $"--object-format={objectFormat}");
        if (script is not null)
        {
            Extend(script);
        }
    }

    /// <summary>The work tree. Nothing is checked out.</summary>
    public string Path { get; }

    /// <summary>Where the store is when nobody says.</summary>
    public string DefaultStore => System.IO.Path.Combine(Path, ".git", "mvstore", "history.db");

    /// <summary>A file beside the repository.</summary>
    public string Beside(string name) => _home.Combine(name);

    /// <summary>Makes the main branch what a script says.</summary>
    public void Extend(HistoryScript script) => GitCommandLine.Run(Path, script.Bytes, "fast-import", "--quiet", "--force");

    public Task<GitRepository> FindAsync() => GitRepository.FindAsync(Path, CancellationToken.None);

    public async Task<IReadOnlyList<string>> ChainAsync()
        => await (await FindAsync()).ListFirstParentsAsync("HEAD", CancellationToken.None);

    /// <summary>Removes the store that is there when nobody says where.</summary>
    public void DeleteStore()
    {
        var folder = System.IO.Path.GetDirectoryName(DefaultStore)!;
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _home.Dispose();
}
