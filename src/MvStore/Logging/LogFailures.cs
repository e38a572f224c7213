namespace MvStore.Logging;

/// <summary>Turns failures of the operating system into those of the log.</summary>
internal static class LogFailures
{
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int NoSpace = 28;
    private const int QuotaOnLinux = 122;
    private const int QuotaOnMac = 69;

    /// <summary>Runs an operation on a file.</summary>
    public static T Run<T>(string what, string path, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Translate(what, path, e);
        }
    }

    /// <summary>What a failure means.</summary>
    public static CommitLogException Translate(string what, string path, Exception failure)
    {
        var kind = failure switch
        {
            IOException io when IsFull(io.HResult) => TierFailure.Transient,
            IOException => TierFailure.InDoubt,
            _ => TierFailure.Fatal,
        };
        return new CommitLogException(kind, $"The commit log could not {what} '{path}': {failure.Message}", failure);
    }

    // On Unix the code is the errno.
    private static bool IsFull(int code) => OperatingSystem.IsWindows()
        ? code is WindowsHandleDiskFull or WindowsDiskFull
        : code == NoSpace || code == (OperatingSystem.IsMacOS() ? QuotaOnMac : QuotaOnLinux);
}
