using System.Runtime.InteropServices;

namespace MvStore.Reliability.Storage;

/// <summary>An open file as SQLite sees it: the table of functions, then ours, then the file of the real file system.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFile
{
    public NativeFileMethods* Methods;
    public nint Handle; // of the OpenFile; 0 when the file is not under test

    /// <summary>The file of the real file system, which SQLite has allocated behind ours.</summary>
    public static NativeFile* Real(NativeFile* file) => (NativeFile*)((byte*)file + sizeof(NativeFile));
}
