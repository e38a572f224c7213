namespace MvStore.Tests.Protocols;

/// <summary>What is done wrong in a model of floors.</summary>
public enum FloorFault
{
    None,
    CaptureBeforeFloor,
    NoRecheck,
    PinsBeforeFloor,
    NoAdmissionFloor,
    FloorAboveInFlight,
    FloorAboveDurable,
    StaleDurable,
    PublishFloorBeforeStoring,
    RuleIgnoresSequences,
    NoLateCondition,
    NoVisibleCondition,
    LateBeforeFloor,
    CheckBeforePin,
    CheckBeforeRead,
    FloorAlone,
    PublishKeyFloorBeforeStoring,
    KeyFloorAboveInFlight,
    KeyFloorAboveDurable,
    LateCommitIgnoresKeyFloor,
    RecheckIgnoresKeyFloor,
    ReaderIgnoresKeyFloor,
}
