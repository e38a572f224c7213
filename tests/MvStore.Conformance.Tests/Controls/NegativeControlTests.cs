using System.Reflection;

namespace MvStore.Conformance.Tests.Controls;

/// <summary>That the kit has teeth: each way of being wrong is caught by the test that is named for it, and by that test only because of it.</summary>
public sealed class NegativeControlTests
{
    // What is wrong, and the suite and test that must say so.
    private static readonly Dictionary<TierFault, (Type Suite, string Test)> CaughtBy = new()
    {
        [TierFault.LosesTheMark] = (typeof(Opening), "F2_MarksAndRowsSurviveReopen"),
        [TierFault.MarkLags] = (typeof(Applying), "F2_TheMarkIsThatOfTheLastSlice"),
        [TierFault.TakesASliceTwice] = (typeof(Applying), "F2_ASliceThatIsSentAgainIsRefusedAndAppliedOnce"),
        [TierFault.IgnoresThePreviousMark] = (typeof(Applying), "F2_ASliceThatDoesNotContinueTheDurableMarkIsRefused"),
        [TierFault.AppliesInParts] = (typeof(Applying), "A4_ASliceThatRepeatsAVersionOfAKeyIsRefusedWhole"),
        [TierFault.WritesAlthoughCancelled] = (typeof(Cancellation), "F2_ACallThatIsCancelledBeforeItBeginsDoesNothing"),
        [TierFault.AnswersAlthoughCancelled] = (typeof(Cancellation), "F2_ACallThatIsCancelledBeforeItBeginsDoesNothing"),
        [TierFault.HidesTombstones] = (typeof(PointReads), "A1_ATombstoneIsReadAsOneAndAnEmptyValueIsNot"),
        [TierFault.TakesEmptyValuesForTombstones] = (typeof(PointReads), "A1_ATombstoneIsReadAsOneAndAnEmptyValueIsNot"),
        [TierFault.IgnoresTheSequenceOfTheView] = (typeof(PointReads), "A5_ALateVersionIsInvisibleToAnEarlierPublication"),
        [TierFault.IgnoresTheVersionOfTheView] = (typeof(PointReads), "B1_TheNewestVersionAtOrBelowIsRead"),
        [TierFault.LosesWhereItWasInsideAKey] = (typeof(Scans), "B9_EveryLimitOfEntriesToLookAtGivesTheSameRows"),
        [TierFault.RemembersWhereItWas] = (typeof(Pages), "B9_PagesOfManyScansMayAlternate"),
        [TierFault.EndsAtAnEmptyPage] = (typeof(Scans), "B9_EveryLimitOfEntriesToLookAtGivesTheSameRows"),
        [TierFault.IgnoresTheBudgetOfBytes] = (typeof(Pages), "B8_ARowAboveTheBudgetIsAPageOfItsOwn"),
        [TierFault.IgnoresTheBudgetOfEntries] = (typeof(Scans), "B9_EveryLimitOfEntriesToLookAtGivesTheSameRows"),
        [TierFault.ForgetsItsIdentity] = (typeof(Opening), "F2_TheIdentityStaysAndIsNoOthers"),
        [TierFault.ForgetsTheEpoch] = (typeof(Ownership), "F2_EachOpeningHasAHigherEpoch"),
        [TierFault.TakesAnyEpoch] = (typeof(Ownership), "F2_AnEpochThatIsNotAboveAllEarlierOnesIsRefusedAndChangesNothing"),
        [TierFault.IgnoresItsEpoch] = (typeof(Ownership), "F2_AnOwnerThatWasReplacedNeitherWritesNorReads"),
        [TierFault.LetsASecondOwnerIn] = (typeof(Ownership), "F4_ASecondOpenerIsRefusedAtOnceOrTakesOver"),
        [TierFault.ForgetsFloors] = (typeof(Floors), "E8_FloorsOfEveryKindSurviveReopen"),
        [TierFault.ForgetsFloorsOfZero] = (typeof(Floors), "E8_AKindThatKeepsEverythingStillDoesAfterReopen"),
        [TierFault.ForgetsDrops] = (typeof(RandomOperations), "F2_RandomOperationsAgreeWithTheOracle"),
        [TierFault.ForgetsNotes] = (typeof(Notes), "F2_ANoteIsReplacedWhole"),
        [TierFault.KeepsTheFirstNote] = (typeof(Notes), "F2_ANoteIsReplacedWhole"),
        [TierFault.TellsRemovedNotes] = (typeof(Notes), "F2_EmptyContentRemovesANote"),
        [TierFault.CutsLongNotes] = (typeof(Notes), "F2_NotesUpToTheLimitsAreKept"),
        [TierFault.MixesUpNamesOfNotes] = (typeof(Notes), "F2_NamesAreToldApart"),
        [TierFault.IgnoresTheFloorsOfSlices] = (typeof(Floors), "E8_FloorsThatComeWithASliceAreStoredWithIt"),
        [TierFault.ReclaimsWhatAPinSees] = (typeof(Reclamation), "E1_TheNewestAtOrBelowThePinStaysWhenVersionsAreSparse"),
        [TierFault.KeepsDeletedKeys] = (typeof(Reclamation), "E4_ADeletedKeyGoesAsAWholeAndNothingOfItComesBack"),
        [TierFault.PutsOffWhatIsAskedFor] = (typeof(Reclamation), "E6_WhatMayStayGoesWhenNothingMay"),
        [TierFault.LeavesTooMuch] = (typeof(Reclamation), "E6_WhatMayStayGoesWhenNothingMay"),
        [TierFault.PromisesTooMuch] = (typeof(Capabilities), "A3_ASliceOfAsManyRowsAsAllowedIsTaken"),
    };

    public static TheoryData<TierFault> Faults => [.. Enum.GetValues<TierFault>().Where(f => f != TierFault.None)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task F2_EachFaultIsCaughtByTheTestThatIsNamedForIt(TierFault fault)
    {
        var (suite, test) = CaughtBy[fault];
        (await FailuresOfAsync(suite, test, fault)).Should().NotBeEmpty();
        (await FailuresOfAsync(suite, test, TierFault.None)).Should().BeEmpty("without the fault nothing is wrong");
    }

    private static async Task<IReadOnlyList<Exception>> FailuresOfAsync(Type suite, string test, TierFault fault)
    {
        var method = suite.GetMethod(test)!;
        object?[][] cases = [.. method.GetCustomAttributes<InlineDataAttribute>().SelectMany(a => a.GetData(method))];
        List<Exception> failures = [];
        foreach (var arguments in cases.Length == 0 ? [[]] : cases)
        {
            if (await FailureOfAsync(suite, method, arguments, fault) is { } failure)
            {
                failures.Add(failure);
            }
        }

        return failures;
    }

    private static async Task<Exception?> FailureOfAsync(Type suite, MethodInfo method, object?[] arguments, TierFault fault)
    {
        var instance = BrokenLocation.CreateSuite(suite, fault);
        var lifetime = (IAsyncLifetime)instance;
        await lifetime.InitializeAsync();
        try
        {
            object?[] fitting = [.. method.GetParameters().Select((p, i) => p.ParameterType == typeof(ulong) ? Convert.ToUInt64(arguments[i], null) : arguments[i])];
            await (Task)method.Invoke(instance, fitting)!;
            return null;
        }
#pragma warning disable CA1031 // Whatever the test says is what is asked for.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
        finally
        {
            await lifetime.DisposeAsync();
        }
    }

    // Not public, so that they are run from here only.
    private sealed class Opening : OpeningConformance<BrokenLocation>;

    private sealed class Ownership : OwnershipConformance<BrokenLocation>;

    private sealed class Applying : ApplyingConformance<BrokenLocation>;

    private sealed class Capabilities : CapabilityConformance<BrokenLocation>;

    private sealed class Cancellation : CancellationConformance<BrokenLocation>;

    private sealed class PointReads : PointReadConformance<BrokenLocation>;

    private sealed class Scans : ScanConformance<BrokenLocation>;

    private sealed class Pages : PageConformance<BrokenLocation>;

    private sealed class Floors : FloorConformance<BrokenLocation>;

    private sealed class Notes : NoteConformance<BrokenLocation>;

    private sealed class Reclamation : ReclamationConformance<BrokenLocation>;

    private sealed class RandomOperations : RandomConformance<BrokenLocation>;
}
