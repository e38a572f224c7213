namespace MvStore.Conformance.Tests;

public sealed class RemoteOpening : OpeningConformance<RemoteLocation>;

public sealed class RemoteOwnership : OwnershipConformance<RemoteLocation>;

public sealed class RemoteApplying : ApplyingConformance<RemoteLocation>;

public sealed class RemoteCapabilities : CapabilityConformance<RemoteLocation>;

public sealed class RemoteCancellation : CancellationConformance<RemoteLocation>;

public sealed class RemotePointReads : PointReadConformance<RemoteLocation>;

public sealed class RemoteScans : ScanConformance<RemoteLocation>;

public sealed class RemotePages : PageConformance<RemoteLocation>;

public sealed class RemoteHistory : HistoryConformance<RemoteLocation>;

public sealed class RemoteFloors : FloorConformance<RemoteLocation>;

public sealed class RemoteDrops : DropConformance<RemoteLocation>;

public sealed class RemoteNotes : NoteConformance<RemoteLocation>;

public sealed class RemoteReclamationSteps : ReclamationConformance<RemoteLocation>;

public sealed class RemoteRandom : RandomConformance<RemoteLocation>;

public sealed class RemoteTierSuites
{
    [Fact]
    public void F2_EverySuiteIsDerived()
        => ConformanceSuites.MissingFrom<RemoteLocation>(typeof(RemoteTierSuites).Assembly).Should().BeEmpty();
}
