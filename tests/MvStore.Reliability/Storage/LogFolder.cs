namespace MvStore.Reliability.Storage;

/// <summary>The directory of a commit log as programs see it, in memory. Its files are called <c>log/...</c> in a history. Safe from any thread.</summary>
internal sealed class LogFolder
{
    /// <summary>The directory, in histories.</summary>
    public const string Name = "log";

    private const string Prefix = Name + "/";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _files; // under _lock, the contents as well

    /// <summary>Begins with what a directory holds, of which the files of the log are taken.</summary>
    public LogFolder(IEnumerable<KeyValuePair<string, byte[]>> files)
        => _files = files.Where(file => Holds(file.Key)).ToDictionary(file => file.Key[Prefix.Length..], file => (byte[])[.. file.Value]);

    /// <summary>The names of the files that are there.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _files.Keys];
            }
        }
    }

    /// <summary>Whether a file of a history is one of the log.</summary>
    public static bool Holds(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What a file is called in a history.</summary>
    public static string InHistory(string name) => Prefix + name;

    public void Create(string name, long length)
    {
        lock (_lock)
        {
            _files[name] = new byte[length];
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            _files.Remove(name);
        }
    }

    public long LengthOf(string name)
    {
        lock (_lock)
        {
            return _files[name].Length;
        }
    }

    public int Read(string name, Span<byte> bytes, long offset)
    {
        lock (_lock)
        {
            var content = _files[name].AsSpan();
            var read = content[(int)Math.Min(offset, content.Length)..];
            read = read[..Math.Min(read.Length, bytes.Length)];
            read.CopyTo(bytes);
            return read.Length;
        }
    }

    public void Write(string name, ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_lock)
        {
            bytes.CopyTo(_files[name].AsSpan((int)offset));
        }
    }
}
