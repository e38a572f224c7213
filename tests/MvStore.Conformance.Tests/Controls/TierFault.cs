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
    TakesAnyEpoch,
    IgnoresItsEpoch,
    LetsASecondOwnerIn,
    ForgetsFloors,
    ForgetsFloorsOfZero,
    ForgetsDrops,
    IgnoresTheFloorsOfSlices,
    ReclaimsWhatAPinSees,
    PromisesTooMuch,
}
