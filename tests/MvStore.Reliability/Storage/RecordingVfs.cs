using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace MvStore.Reliability.Storage;

/// <summary>
/// The file system that SQLite uses in this process: the platform's own, behind a layer that writes down what is done to the directories
/// under test (<see cref="Disk"/>) and lets operations fail there. It never syncs, and never sleeps while SQLite waits for a lock: what
/// is on disk is decided by the model, and whoever holds a lock was told to.
/// </summary>
internal static unsafe partial class RecordingVfs
{
    private const int MainJournal = 0x800;
    private const int WriteAheadLog = 0x80000;
    private const int Create = 4;
    private const int PragmaControl = 14;

    private static readonly ConcurrentDictionary<string, Disk> Disks = new(); // any thread; by directory

    private static readonly NativeVfs* Platform = Register();

    private static NativeFileMethods* _methods; // set once, before the file system is registered

    /// <summary>Puts a directory under test.</summary>
    public static void Attach(Disk disk)
    {
        if (Platform is null || !Disks.TryAdd(disk.Directory, disk))
        {
            throw new InvalidOperationException("The directory is under test already.");
        }
    }

    public static void Detach(Disk disk) => Disks.TryRemove(KeyValuePair.Create(disk.Directory, disk));

    private static NativeVfs* Register()
    {
        Batteries_V2.Init();
        var platform = Find(null);
        _methods = (NativeFileMethods*)NativeMemory.AllocZeroed((nuint)sizeof(NativeFileMethods));
        _methods->Version = 2;
        _methods->Close = &CloseFile;
        _methods->Read = &ReadFile;
        _methods->Write = &WriteFile;
        _methods->Truncate = &TruncateFile;
        _methods->Sync = &SyncFile;
        _methods->FileSize = &SizeOfFile;
        _methods->Lock = &LockFile;
        _methods->Unlock = &UnlockFile;
        _methods->CheckReservedLock = &CheckReservedLock;
        _methods->FileControl = &ControlFile;
        _methods->SectorSize = &SectorSize;
        _methods->DeviceCharacteristics = &DeviceCharacteristics;
        _methods->ShmMap = &MapSharedMemory;
        _methods->ShmLock = &LockSharedMemory;
        _methods->ShmBarrier = &SharedMemoryBarrier;
        _methods->ShmUnmap = &UnmapSharedMemory;

        var vfs = (NativeVfs*)NativeMemory.AllocZeroed((nuint)sizeof(NativeVfs));
        *vfs = *platform;
        vfs->Next = null;
        vfs->Name = (byte*)Marshal.StringToCoTaskMemUTF8("mvstore-recording");
        vfs->FileBytes = sizeof(NativeFile) + platform->FileBytes;
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        vfs->Access = &Access;
        vfs->Sleep = &Sleep;
        return RegisterNative(vfs, 1) == ResultCode.Ok ? platform : throw new InvalidOperationException("SQLite refused the file system.");
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial NativeVfs* Find(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial int RegisterNative(NativeVfs* vfs, int makeDefault);

    private static Disk? DiskOf(byte* path, out string name)
    {
        name = "";
        if (path is null || Disks.IsEmpty)
        {
            return null;
        }

        var text = Marshal.PtrToStringUTF8((nint)path)!;
        name = Path.GetFileName(text);
        return Disks.GetValueOrDefault(Path.GetDirectoryName(text) ?? "");
    }

    private static OpenFile? FileOf(NativeFile* file) => file->Handle == 0 ? null : (OpenFile)GCHandle.FromIntPtr(file->Handle).Target!;

    private static int Meet(NativeFile* file, OperationKind kind) => FileOf(file)?.Disk.Meets(kind)?.Code ?? ResultCode.Ok;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs* vfs, byte* path, NativeFile* file, int flags, int* outFlags)
    {
        file->Methods = null;
        file->Handle = 0;
        var disk = DiskOf(path, out var name);
        if (disk?.Meets(OperationKind.Open) is { } fault)
        {
            return fault.Code;
        }

        var isLog = (flags & (MainJournal | WriteAheadLog)) != 0;
        var existed = disk is not null && File.Exists(Path.Combine(disk.Directory, name));
        var real = NativeFile.Real(file);
        var code = Platform->Open(Platform, path, real, flags, outFlags);
        if (real->Methods is null)
        {
            return code;
        }

        file->Methods = _methods;
        if (disk is not null && code == ResultCode.Ok)
        {
            disk.NoteOpening(name, existed);
            file->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(new OpenFile(disk, name, isLog && (flags & Create) != 0)));
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(NativeVfs* vfs, byte* path, int syncDirectory)
    {
        var disk = DiskOf(path, out var name);
        if (disk?.Meets(OperationKind.Delete) is { } fault)
        {
            return fault.Code;
        }

        var code = Platform->Delete(Platform, path, 0);
        if (code == ResultCode.Ok)
        {
            disk?.NoteDeletion(name, syncDirectory != 0);
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(NativeVfs* vfs, byte* path, int flags, int* result)
    {
        if (DiskOf(path, out _)?.Meets(OperationKind.Access) is { } fault)
        {
            return fault.Code;
        }

        return Platform->Access(Platform, path, flags, result);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(NativeVfs* vfs, int microseconds) => microseconds;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CloseFile(NativeFile* file)
    {
        if (file->Handle != 0)
        {
            GCHandle.FromIntPtr(file->Handle).Free();
            file->Handle = 0;
        }

        var real = NativeFile.Real(file);
        return real->Methods->Close(real);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ReadFile(NativeFile* file, void* bytes, int count, long offset)
    {
        var real = NativeFile.Real(file);
        return Meet(file, OperationKind.Read) is var code and not ResultCode.Ok ? code : real->Methods->Read(real, bytes, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int WriteFile(NativeFile* file, void* bytes, int count, long offset)
    {
        if (Meet(file, OperationKind.Write) is var injected and not ResultCode.Ok)
        {
            return injected;
        }

        var real = NativeFile.Real(file);
        var code = real->Methods->Write(real, bytes, count, offset);
        if (code == ResultCode.Ok && FileOf(file) is { } open)
        {
            open.Disk.Note(new Change(ChangeKind.Write, open.Name, offset, new ReadOnlySpan<byte>(bytes, count).ToArray()));
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int TruncateFile(NativeFile* file, long length)
    {
        if (Meet(file, OperationKind.Truncate) is var injected and not ResultCode.Ok)
        {
            return injected;
        }

        var real = NativeFile.Real(file);
        var code = real->Methods->Truncate(real, length);
        if (code == ResultCode.Ok && FileOf(file) is { } open)
        {
            open.Disk.Note(new Change(ChangeKind.Truncate, open.Name, length));
        }

        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SyncFile(NativeFile* file, int flags)
    {
        if (FileOf(file) is not { } open)
        {
            return ResultCode.Ok;
        }

        if (open.Disk.Meets(OperationKind.Sync) is { } fault)
        {
            Lose(file, open, fault.Loss);
            return fault.Code;
        }

        open.Disk.Note(new Change(ChangeKind.Sync, open.Name));
        if (open.SyncsDirectory)
        {
            open.SyncsDirectory = false;
            open.Disk.Note(new Change(ChangeKind.SyncDirectory, ""));
        }

        return ResultCode.Ok;
    }

    private static void Lose(NativeFile* file, OpenFile open, Loss loss)
    {
        if (loss == Loss.None)
        {
            return;
        }

        open.Disk.Note(new Change(loss == Loss.Visible ? ChangeKind.LoseUnsynced : ChangeKind.LoseUnsyncedUnseen, open.Name));
        if (loss == Loss.Visible)
        {
            // Through the handle SQLite has: closing another one on the same file would drop its locks.
            var real = NativeFile.Real(file);
            var onDisk = PowerLoss.DiskModel.After(open.Disk.History).Synced(open.Name);
            fixed (byte* bytes = onDisk)
            {
                _ = real->Methods->Truncate(real, onDisk.Length);
                _ = onDisk.Length > 0 ? real->Methods->Write(real, bytes, onDisk.Length, 0) : ResultCode.Ok;
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SizeOfFile(NativeFile* file, long* size)
    {
        var real = NativeFile.Real(file);
        return Meet(file, OperationKind.Size) is var code and not ResultCode.Ok ? code : real->Methods->FileSize(real, size);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LockFile(NativeFile* file, int level)
    {
        var real = NativeFile.Real(file);
        return Meet(file, OperationKind.Lock) is var code and not ResultCode.Ok ? code : real->Methods->Lock(real, level);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int UnlockFile(NativeFile* file, int level)
    {
        var real = NativeFile.Real(file);
        return real->Methods->Unlock(real, level);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(NativeFile* file, int* result)
    {
        var real = NativeFile.Real(file);
        return real->Methods->CheckReservedLock(real, result);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ControlFile(NativeFile* file, int operation, void* argument)
    {
        if (operation == PragmaControl && FileOf(file)?.Disk.SynchronousOverride is { } digit)
        {
            // The third string is the value, in memory of SQLite's own that it parses after this call.
            var pragma = (byte**)argument;
            var name = Marshal.PtrToStringUTF8((nint)pragma[1]);
            if (string.Equals(name, "synchronous", StringComparison.OrdinalIgnoreCase) && pragma[2] is not null)
            {
                pragma[2][0] = (byte)digit;
                pragma[2][1] = 0;
            }
        }

        var real = NativeFile.Real(file);
        return real->Methods->FileControl(real, operation, argument);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(NativeFile* file)
    {
        var real = NativeFile.Real(file);
        return real->Methods->SectorSize(real);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(NativeFile* file)
    {
        var real = NativeFile.Real(file);
        return real->Methods->DeviceCharacteristics(real);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int MapSharedMemory(NativeFile* file, int page, int pageBytes, int extend, void** memory)
    {
        if (Meet(file, OperationKind.MapSharedMemory) is var code and not ResultCode.Ok)
        {
            *memory = null;
            return code;
        }

        var real = NativeFile.Real(file);
        return real->Methods->ShmMap(real, page, pageBytes, extend, memory);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int LockSharedMemory(NativeFile* file, int offset, int count, int flags)
    {
        const int Unlock = 1;
        if ((flags & Unlock) == 0 && Meet(file, OperationKind.LockSharedMemory) is var code and not ResultCode.Ok)
        {
            return code;
        }

        var real = NativeFile.Real(file);
        return real->Methods->ShmLock(real, offset, count, flags);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SharedMemoryBarrier(NativeFile* file)
    {
        var real = NativeFile.Real(file);
        real->Methods->ShmBarrier(real);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int UnmapSharedMemory(NativeFile* file, int delete)
    {
        var real = NativeFile.Real(file);
        return real->Methods->ShmUnmap(real, delete);
    }
}
