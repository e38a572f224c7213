namespace MvStore.Reliability.Storage;

/// <summary>Result codes of SQLite, extended ones as well.</summary>
internal static class ResultCode
{
    public const int Ok = 0;
    public const int Busy = 5;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int Read = 10 | (1 << 8);
    public const int Write = 10 | (3 << 8);
    public const int Sync = 10 | (4 << 8);
    public const int Truncate = 10 | (6 << 8);
    public const int Size = 10 | (7 << 8);
    public const int Delete = 10 | (10 << 8);
    public const int Access = 10 | (13 << 8);
    public const int Lock = 10 | (15 << 8);
    public const int LockSharedMemory = 10 | (20 << 8);
    public const int MapSharedMemory = 10 | (21 << 8);
}
