using System.Buffers;

namespace MvStore.Tests.Histories;

/// <summary>The forms of a point read, by number; each must say the same.</summary>
internal static class HistoryForms
{
    public static async Task<VersionedRow?> GetAsync(IMultiVersionStore store, byte[] key, CommitVersion at, int form)
    {
        switch (form)
        {
            case 0:
                return await store.GetAsync(key, at);
            case 1:
                var destination = new ArrayBufferWriter<byte>();
                return Row(key, await store.CopyAsync(key, at, destination), destination);
            default:
                return TryGet(store, key, at, out var row) ? row : await store.GetAsync(key, at);
        }
    }

    public static async Task<VersionedRow?> GetAsync(ISnapshot snapshot, byte[] key, int form)
    {
        switch (form)
        {
            case 0:
                return await snapshot.GetAsync(key);
            case 1:
                var destination = new ArrayBufferWriter<byte>();
                return Row(key, await snapshot.CopyAsync(key, destination), destination);
            default:
                return TryGet(snapshot, key, out var row) ? row : await snapshot.GetAsync(key);
        }
    }

    private static VersionedRow? Row(byte[] key, CommitVersion? version, ArrayBufferWriter<byte> value)
        => version is { } written ? new VersionedRow(key, written, value.WrittenMemory) : null;

    private static bool TryGet(IMultiVersionStore store, byte[] key, CommitVersion at, out VersionedRow? row)
    {
        var answer = store.TryGet(key, at, out var guarded);
        return TryCopy(answer, guarded, out row);
    }

    private static bool TryGet(ISnapshot snapshot, byte[] key, out VersionedRow? row)
    {
        var answer = snapshot.TryGet(key, out var guarded);
        return TryCopy(answer, guarded, out row);
    }

    private static bool TryCopy(MemoryAnswer answer, GuardedRow guarded, out VersionedRow? row)
    {
        using (guarded)
        {
            row = answer == MemoryAnswer.Present ? guarded.ToRow() : null;
        }

        return answer != MemoryAnswer.NotInMemory;
    }
}
