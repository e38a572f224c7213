namespace MvStore.Logging;

/// <summary>
/// Where the files of a log are, and the only way to them, so that tests can let the power fail. It has one owner. Not safe for concurrent use.
/// </summary>
internal abstract class LogDirectory : IDisposable
{
    /// <summary>Its name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>The names of the files that are there, in any order.</summary>
    public abstract IReadOnlyList<string> List();

    /// <summary>Opens a file that is there.</summary>
    public abstract LogFile Open(string name);

    /// <summary>Makes a file of zeros that is wholly allocated, and returns when it is on disk. If it fails, as for lack of space, nothing is left of it.</summary>
    public abstract LogFile Create(string name, long length);

    /// <summary>
    /// Returns when the names of the files that are there, and its own, are on disk: they may not be if an earlier owner was killed while it made one.
    /// </summary>
    public abstract void Sync();

    /// <summary>Removes a file.</summary>
    public abstract void Delete(string name);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives up ownership.</summary>
    protected abstract void Dispose(bool disposing);
}
