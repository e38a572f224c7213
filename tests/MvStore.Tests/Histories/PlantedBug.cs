namespace MvStore.Tests.Histories;

/// <summary>What <see cref="SimulatedStore"/> does wrong.</summary>
public enum PlantedBug
{
    None,
    PublishBeforeLastWrite,
    LateVersionVisibleToOlderViews,
    CollectorIgnoresViews,
    LateVersionLost,
    LateVersionHidesNewer,
    ViewFromThePast,
    SessionGoesBack,
    DuplicateAccepted,
    DeletionResurrected,
    ReadsWhatIsNotPublished,
}
