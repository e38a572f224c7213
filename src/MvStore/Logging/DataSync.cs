using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MvStore.Logging;

/// <summary>
/// Brings files to disk. On Linux <c>fdatasync</c>, which leaves out the times of the file and so a write of the file system's journal; elsewhere what the
/// runtime does: <c>F_FULLFSYNC</c> on macOS, <c>FlushFileBuffers</c> on Windows.
/// </summary>
internal static partial class DataSync
{
    private const int Interrupted = 4;
    private const int ReadOnly = 0;

    /// <summary>Returns when the data of a file is on disk.</summary>
    /// <exception cref="IOException">It may not be.</exception>
    public static void File(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (SyncData(file) != 0)
        {
            ThrowUnlessInterrupted();
        }
    }

    /// <summary>Returns when the names in a directory are on disk. Windows has no such call, and needs none.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void Directory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var directory = Open(path, ReadOnly);
        if (directory < 0)
        {
            Throw(Marshal.GetLastPInvokeError());
        }

        try
        {
            while (SyncAll(directory) != 0)
            {
                ThrowUnlessInterrupted();
            }
        }
        finally
        {
            // It was only read: there is nothing that closing could lose.
            _ = Close(directory);
        }
    }

    private static void ThrowUnlessInterrupted()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
        {
            Throw(error);
        }
    }

    private static void Throw(int error) => throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncAll(int file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
