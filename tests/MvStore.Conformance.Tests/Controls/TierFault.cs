namespace MvStore.Conformance.Tests.Controls;

/// <summary>What is wrong with a <see cref="BrokenTier"/>.</summary>
public enum TierFault
{
    None,
    LosesTheMark,
    MarkLags,
    TakesASliceTwice,
    IgnoresThePreviousMark,
    AppliesInParts,
    WritesAlthoughCancelled,
    AnswersAlthoughCancelled,
    HidesTombstones,
    TakesEmptyValuesForTombstones,
    IgnoresTheSequenceOfTheView,
    IgnoresTheVersionOfTheView,
    LosesWhereItWasInsideAKey,
    RemembersWhereItWas,
    EndsAtAnEmptyPage,
    IgnoresTheBudgetOfBytes,
    IgnoresTheBudgetOfEntries,
    ForgetsTheEpoch,
    ForgetsItsIdentity,
    TakesAnyEpoch,
    IgnoresItsEpoch,
    LetsASecondOwnerIn,
    ForgetsFloors,
    ForgetsFloorsOfZero,
    ForgetsDrops,
    ReclaimsWhatAPinSees,
    PromisesTooMuch,
}
