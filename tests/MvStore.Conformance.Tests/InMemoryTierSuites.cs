namespace MvStore.Conformance.Tests;

public sealed class InMemoryOpening : OpeningConformance<InMemoryLocation>;

public sealed class InMemoryApplying : ApplyingConformance<InMemoryLocation>;

public sealed class InMemoryOwnership : OwnershipConformance<InMemoryLocation>;

public sealed class InMemoryCapabilities : CapabilityConformance<InMemoryLocation>;

public sealed class InMemoryCancellation : CancellationConformance<InMemoryLocation>;

public sealed class InMemoryPages : PageConformance<InMemoryLocation>;

public sealed class InMemoryPointReads : PointReadConformance<InMemoryLocation>;

public sealed class InMemoryScans : ScanConformance<InMemoryLocation>;

public sealed class InMemoryHistory : HistoryConformance<InMemoryLocation>;

public sealed class InMemoryFloors : FloorConformance<InMemoryLocation>;

public sealed class InMemoryDrops : DropConformance<InMemoryLocation>;

public sealed class InMemoryNotes : NoteConformance<InMemoryLocation>;

public sealed class InMemoryReclamationSteps : ReclamationConformance<InMemoryLocation>;

public sealed class InMemoryRandom : RandomConformance<InMemoryLocation>;

public sealed class InMemoryTierSuites
{
    [Fact]
    public void F2_EverySuiteIsDerived()
        => ConformanceSuites.MissingFrom<InMemoryLocation>(typeof(InMemoryTierSuites).Assembly).Should().BeEmpty();
}
