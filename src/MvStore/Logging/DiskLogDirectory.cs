namespace MvStore.Logging;

/// <summary>The directory of a log on disk. Its owner holds a lock on a file in it, which the operating system drops when the owner is killed.</summary>
internal sealed class DiskLogDirectory : LogDirectory
{
    private const string LockName = "lock";
    private const int ZerosAtOnce = 1 << 20;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream? _lock;

    private DiskLogDirectory(string path, FileStream? owned)
    {
        Name = path;
        _lock = owned;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>Becomes the owner of a directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="mayBeMade">Whether it is made if there is none.</param>
    /// <exception cref="StoreInUseException">It has an owner.</exception>
    /// <exception cref="CommitLogException">It cannot be used.</exception>
    public static DiskLogDirectory Own(string path, bool mayBeMade = true)
    {
        var full = Path.GetFullPath(path);
        try
        {
            if (!System.IO.Directory.Exists(full))
            {
                if (!mayBeMade)
                {
                    throw LogNote.Missing($"There is no directory '{full}'");
                }

                Make(full);
            }

            return new DiskLogDirectory(full, OpenOwned(Path.Combine(full, LockName), FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            throw new StoreInUseException(full, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LogFailures.Translate("open", full, e);
        }
    }

    /// <summary>Looks into a directory without owning or changing it.</summary>
    /// <exception cref="CommitLogException">There is none.</exception>
    public static DiskLogDirectory Examine(string path)
    {
        var full = Path.GetFullPath(path);
        return System.IO.Directory.Exists(full)
            ? new DiskLogDirectory(full, owned: null)
            : throw new CommitLogException(TierFailure.Fatal, $"There is no commit log '{full}'.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> List()
        => LogFailures.Run("list", Name, () => System.IO.Directory.GetFiles(Name).Select(p => Path.GetFileName(p)).Where(n => n != LockName).ToArray());

    /// <inheritdoc/>
    public override LogFile Open(string name)
    {
        var path = Path.Combine(Name, name);
        var access = _lock is null ? FileAccess.Read : FileAccess.ReadWrite;
        return LogFailures.Run("open", path, () => new DiskLogFile(new FileStream(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)));
    }

    /// <inheritdoc/>
    public override LogFile Create(string name, long length)
    {
        var path = Path.Combine(Name, name);
        FileStream? file = null;
        try
        {
            // Not allocated by opening it: of a full disk that tells without the code by which a full disk is known. Writing it allocates it as well.
            file = OpenOwned(path, FileMode.Create, FileShare.ReadWrite | FileShare.Delete);
            var zeros = new byte[Math.Min(length, ZerosAtOnce)];
            for (var at = 0L; at < length; at += zeros.Length)
            {
                RandomAccess.Write(file.SafeFileHandle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)), at);
            }

            RandomAccess.FlushToDisk(file.SafeFileHandle);
            DataSync.Directory(Name);
            return new DiskLogFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (file is not null)
            {
                file.Dispose();
                File.Delete(path);
            }

            throw LogFailures.Translate("make", path, e);
        }
    }

    /// <inheritdoc/>
    public override void Sync()
        => LogFailures.Run("sync", Name, () =>
        {
            DataSync.Directory(Name);
            if (Path.GetDirectoryName(Name) is { } parent)
            {
                DataSync.Directory(parent);
            }

            return true;
        });

    /// <inheritdoc/>
    public override void Delete(string name)
    {
        var path = Path.Combine(Name, name);
        LogFailures.Run("delete", path, () =>
        {
            File.Delete(path);
            return true;
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _lock?.Dispose();
        }
    }

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(path);
        }
        else
        {
            System.IO.Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }

        if (Path.GetDirectoryName(path) is { } parent)
        {
            DataSync.Directory(parent);
        }
    }

    private static FileStream OpenOwned(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    // On Unix the code is the errno of flock: EWOULDBLOCK, which is 11 on Linux and 35 on BSD and macOS.
    private static bool IsHeldElsewhere(IOException e)
        => OperatingSystem.IsWindows() ? e.HResult == WindowsSharingViolation : e.HResult is 11 or 35;
}
