using Mono.Cecil;

namespace MvStore.Tests.Architecture;

/// <summary>
/// The direction of the data: each member of a seam is called from one layer only. The table names every member of every seam, so a new
/// one is a decision and a dead one is noticed. Reading a property is free to everyone and is not listed. The composition root stands
/// above the layers: it may call any of them, and counts only where nobody else calls.
/// </summary>
public sealed class SeamTests
{
    private const string CompositionRoot = "MvStore";
    private const string SeamNamespace = "MvStore.Contracts";

    // The public interfaces that are seams as well: the hand-over to the persistent tier.
    private static readonly string[] PublicSeams = ["MvStore.IPersistentTier", "MvStore.IInstrumentedTier"];

    // Seam member -> the only layer that calls it.
    private static readonly Dictionary<string, string> OnlyCaller = new()
    {
        ["IAdmission.Foresee"] = "MvStore.GarbageCollection",
        ["IAdmission.Raise"] = "MvStore.GarbageCollection",
        ["IAdmission.Simplify"] = "MvStore.GarbageCollection",
        ["IBufferCursor.Read"] = "MvStore.Reading",
        ["IBufferCursor.Suspend"] = "MvStore.Reading",
        ["IBufferReader.Enter"] = "MvStore.Reading",
        ["IBufferReader.Find"] = "MvStore.Reading",
        ["IBufferReader.FindMany"] = "MvStore.Reading",
        ["IBufferReader.FindVersions"] = "MvStore.Reading",
        ["IBufferReader.Prefetch"] = "MvStore.Reading",
        ["IBufferReader.Seek"] = "MvStore.Reading",
        ["ICommitGate.Release"] = "MvStore.Committing",
        ["ICommitGate.ReserveAsync"] = "MvStore.Committing",
        ["ICommitGate.TryReserve"] = "MvStore.Committing",
        ["ICommitLimit.AskForRoom"] = "MvStore.Pacing",
        ["ICommitTarget.Link"] = "MvStore.Committing",
        ["ICommitTarget.Unlink"] = "MvStore.Committing",
        ["IDurability.Bring"] = "MvStore.Committing",
        ["IDurability.WaitAsync"] = "MvStore.Committing",
        ["IEvictable.Evict"] = "MvStore.Flushing",
        ["IFlushBarrier.ReachAsync"] = "MvStore.Flushing",
        ["IFlushBarrier.Release"] = "MvStore.Flushing",
        ["IInstrumentedTier.AddInstruments"] = "MvStore.Diagnostics",
        ["ILeaseExpiry.EndExpiredAsync"] = "MvStore.GarbageCollection",
        ["ILiveKeys.FindAsync"] = "MvStore.GarbageCollection",
        ["ILiveKeys.HasLivedSinceAsync"] = "MvStore.GarbageCollection",
        ["ILiveKeys.ReadAsync"] = "MvStore.GarbageCollection",
        ["IPersistentTier.ApplyAsync"] = "MvStore.Flushing",
        ["IPersistentTier.GetAsync"] = SeamNamespace,
        ["IPersistentTier.GetMarkAsync"] = "MvStore.Flushing",
        ["IPersistentTier.OpenAsync"] = SeamNamespace,
        ["IPersistentTier.RaiseFloorAsync"] = "MvStore.GarbageCollection",
        ["IPersistentTier.ReclaimAsync"] = "MvStore.GarbageCollection",
        ["IPersistentTier.ScanAsync"] = SeamNamespace,
        ["IPersistentTier.SetNoteAsync"] = SeamNamespace,
        ["IPinRegistry.Add"] = "MvStore.Reading",
        ["IPinRegistry.Remove"] = "MvStore.Reading",
        ["IPublicationSink.Add"] = "MvStore.Committing",
        ["IReclaimable.Reclaim"] = "MvStore.GarbageCollection",
        ["IRoom.IsShort"] = "MvStore.Flushing",
        ["IRoom.Remeasure"] = "MvStore.Flushing",
        ["IRoom.WantedBytes"] = "MvStore.Flushing",
        ["IRowCache.Begin"] = "MvStore.Reading",
        ["IRowCache.Keep"] = "MvStore.Reading",
        ["IRowCache.TryGet"] = "MvStore.Reading",
        ["ISliceFollower.Follow"] = "MvStore.Flushing",
        ["IStoredKeys.MayHold"] = "MvStore.Reading",
        ["IStoredKeys.NoteAbsent"] = "MvStore.Reading",
        ["ISliceRetention.Confirm"] = "MvStore.Flushing",
        ["ISliceRetention.Prepare"] = "MvStore.Flushing",
        ["ISurveyable.Survey"] = "MvStore.GarbageCollection",
        ["ITierWrite.Begin"] = SeamNamespace,
        ["ITierWrite.Fail"] = SeamNamespace,
        ["ITierWrite.HasArrivedAsync"] = SeamNamespace,
        ["ITierWrite.RunAsync"] = SeamNamespace,
        ["ITierWrite.Succeed"] = SeamNamespace,
        ["IWatchedCommits.EndWatch"] = "MvStore.GarbageCollection",
        ["IWatchedCommits.TryCommitAsync"] = "MvStore.GarbageCollection",
        ["IWatchedCommits.WatchAsync"] = "MvStore.GarbageCollection",
        ["IVisibilityListener.Advance"] = "MvStore.Committing",
        ["IVersionLookup.FindManyAsync"] = "MvStore.Committing",
    };

    public static TheoryData<string> HandOvers => [.. OnlyCaller.Keys];

    [Theory]
    [MemberData(nameof(HandOvers))]
    public void HandOverIsCalledFromItsLayerOnly(string member)
        => CallersOf(member).Should().Equal(OnlyCaller[member]);

    [Fact]
    public void EverySeamMemberIsInTheTable()
        => SeamMembers().Except(OnlyCaller.Keys).Should().BeEmpty();

    [Fact]
    public void TheTableNamesNoOtherMember()
        => OnlyCaller.Keys.Except(SeamMembers()).Should().BeEmpty();

    private static string[] CallersOf(string member)
    {
        string[] callers =
        [
            .. CompiledAssembly.Engine.Types
                .Where(t => CompiledAssembly.CallsOf(t).Any(c => KeyOf(c) == member))
                .Select(CompiledAssembly.LayerOf).Distinct().Order(StringComparer.Ordinal),
        ];
        return callers is [CompositionRoot] ? callers : [.. callers.Where(c => c != CompositionRoot)];
    }

    private static IEnumerable<string> SeamMembers()
        => CompiledAssembly.Engine.Types
            .Where(t => t.IsInterface && (CompiledAssembly.LayerOf(t) == SeamNamespace || PublicSeams.Contains(t.FullName)))
            .SelectMany(t => t.Methods)
            .Where(m => !m.IsGetter && !m.IsStatic)
            .Select(KeyOf);

    private static string KeyOf(MethodReference method)
    {
        var name = method.Name.StartsWith("set_", StringComparison.Ordinal) ? method.Name[4..] : method.Name;
        return $"{method.DeclaringType.GetElementType().Name.Split('`')[0]}.{name}";
    }
}
