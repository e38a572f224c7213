namespace MvStore.Sqlite.Files;

/// <summary>
/// Ownership of a store (contract F4): a file beside it, locked for as long as this object lives. The operating system drops the lock
/// of a killed owner. The file itself stays behind on purpose: deleting it would let two openers lock two different files of one name, and
/// it holds the mark.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private OwnerLock(FileStream file) => File = file;

    /// <summary>The locked file, which also holds the store's mark (<see cref="StoreMark"/>).</summary>
    public FileStream File { get; }

    /// <summary>Becomes the owner, at once or not at all.</summary>
    public static OwnerLock Acquire(string storePath)
    {
        try
        {
            return new OwnerLock(OwnerOnlyFile.Open(storePath + ".lock", FileMode.OpenOrCreate));
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            throw new StoreInUseException(storePath, e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new PersistentTierException(
                TierFailure.Fatal, $"The directory '{Path.GetDirectoryName(storePath)}' of the store '{Path.GetFileName(storePath)}' does not exist. Make it first, or mend the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PersistentTierException(TierFailure.Fatal, $"The lock of the store '{storePath}' cannot be opened: {e.Message}", e);
        }
    }

    public void Dispose() => File.Dispose();

    // On Unix the code is the errno of flock: EWOULDBLOCK, which is 11 on Linux and 35 on BSD and macOS.
    private static bool IsHeldElsewhere(IOException e)
        => OperatingSystem.IsWindows() ? e.HResult == WindowsSharingViolation : e.HResult is 11 or 35;
}
