namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>A folder of its own, deleted when disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mvstore-hosting-");

    /// <summary>A path in it.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
