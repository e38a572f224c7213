using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MvStore.Comparisons.RawLog;

/// <summary>Syncs what a file holds; on Linux without what only the file system knows of it, such as its time of change.</summary>
internal static partial class DataSync
{
    public static void Run(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (FileDataSync(file) != 0)
        {
            throw new IOException("fdatasync failed", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileDataSync(SafeFileHandle file);
}
