using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>For how long keys live, by kind, and whether that is what it was in the run before (contract E5).</summary>
public sealed class ExpiryTermsTests : IDisposable
{
    private static readonly EntryKind First = EntryKind.Operator(1);
    private static readonly EntryKind Second = EntryKind.Operator(2);
    private static readonly Retention Hour = new() { TimeToLive = new TimeToLive(TimeSpan.FromHours(1)) };
    private static readonly Retention HourFromCreation = new() { TimeToLive = new TimeToLive(TimeSpan.FromHours(1), TimeToLiveStart.Creation) };
    private static readonly Retention Day = new() { TimeToLive = new TimeToLive(TimeSpan.FromDays(1)) };
    private static readonly Retention ForEver = new();

    private readonly VersionTimes _times = new(new ManualClock(), null, TimeSpan.Zero);

    public ExpiryTermsTests() => _times.Begin(CommitVersion.Zero);

    public void Dispose() => _times.Dispose();

    [Fact]
    public void E5_TermsAreThoseOfAnotherRunIfEveryKindHasTheSame()
    {
        RetentionPlan[] plans =
        [
            new(ForEver, []),
            new(Hour, []),
            new(HourFromCreation, []),
            new(Day, []),
            new(ForEver, [new(First, Hour)]),
            new(ForEver, [new(First, Day)]),
            new(ForEver, [new(Second, Hour)]),
            new(ForEver, [new(First, Hour), new(Second, Hour)]),
            new(Hour, [new(First, ForEver)]),
            new(Hour, [new(First, Day)]),
            new(Hour, [new(Second, ForEver)]),
        ];
        for (var i = 0; i < plans.Length; i++)
        {
            for (var j = 0; j < plans.Length; j++)
            {
                new ExpiryTerms(plans[i], _times).AreThoseOf(new ExpiryTerms(plans[j], _times)).Should().Be(i == j, "of plans {0} and {1}", i, j);
            }
        }

        new ExpiryTerms(new(ForEver, [new(First, ForEver)]), _times).AreThoseOf(new ExpiryTerms(plans[0], _times)).Should().BeTrue("a kind that lives for ever as all do is not told apart");
    }

    [Fact]
    public void E5_APlanLetsKeysExpireIfOneKindDoes()
    {
        ExpiryTerms.IsIn(new(ForEver, [])).Should().BeFalse();
        ExpiryTerms.IsIn(new(ForEver, [new(First, ForEver)])).Should().BeFalse();
        ExpiryTerms.IsIn(new(ForEver, [new(First, ForEver), new(Second, Hour)])).Should().BeTrue();
        ExpiryTerms.IsIn(new(Hour, [new(First, ForEver)])).Should().BeTrue();
    }

    [Fact]
    public void E5_AKindHasItsOwnTermOrThatOfAllOthers()
    {
        var terms = new ExpiryTerms(new(Hour, [new(First, ForEver), new(Second, Day)]), _times);
        terms.Find(First).Should().BeNull();
        terms.Find(Second)!.Value.Duration.Should().Be(TimeSpan.FromDays(1));
        terms.Find(default)!.Value.Duration.Should().Be(TimeSpan.FromHours(1));
        terms.All.Select(t => t.Duration).Should().BeEquivalentTo([TimeSpan.FromHours(1), TimeSpan.FromDays(1)]);
    }
}
