using MvStore.Buffering;

namespace MvStore.Tests.Fixtures;

/// <summary>The unmanaged memory of an open store, looked at from inside.</summary>
internal static class StoreMemory
{
    /// <summary>What a store holds in memory.</summary>
    public static VersionBuffer Of(IMultiVersionStore store) => ((MultiVersionStore)store).Stages.Buffer;

    /// <summary>Bytes of unmanaged memory that a store uses, without those that only wait for readers to leave.</summary>
    public static long LiveBytes(this IMultiVersionStore store) => Of(store).Heap.LiveBytes;

    /// <summary>Demands that everything a store holds in memory fits together. Nobody may be at work on it.</summary>
    public static void CheckMemory(this IMultiVersionStore store) => BufferInvariants.Check(Of(store));

    /// <summary>Frees what nobody can reach any more.</summary>
    public static void CollectMemory(this IMultiVersionStore store) => Of(store).Heap.Collect();
}
