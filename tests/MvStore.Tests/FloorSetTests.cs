using MvStore.Tests.Model;

namespace MvStore.Tests;

public sealed class FloorSetTests
{
    private static readonly IKeyClassifier Classifier = new FirstByteClassifier(precise: true);
    private static readonly FloorSet Floors = new(
        5,
        [new(FirstByteClassifier.Operator, 20), new(FirstByteClassifier.Source, 0)],
        [Floor("a", 8), Floor("b", 30), Floor("ba", 12), Floor("bb", 20), Floor("c", 2)]);

    [Theory]
    [InlineData("a", 8)]
    [InlineData("aa", 5)]
    [InlineData("b", 30)]
    [InlineData("ba", 20)]
    [InlineData("bb", 20)]
    [InlineData("c", 5)]
    public void AKeysFloorIsItsOwnOrThatOfItsKind(string key, ulong floor)
        => Floors.Of(Key(key), Classifier).Should().Be((CommitVersion)floor);

    [Fact]
    public void ARangeIsBoundByTheHighestFloorItCrosses()
    {
        Floors.HighestIn(KeyRange.All, Classifier).Should().Be((CommitVersion)30);
        Floors.HighestIn(KeyRange.Until(Key("b")), Classifier).Should().Be((CommitVersion)8);
        Floors.HighestIn(KeyRange.From(Key("ba")), Classifier).Should().Be((CommitVersion)20);
        Floors.HighestIn(KeyRange.From(Key("c")), Classifier).Should().Be((CommitVersion)5);
        (Floors.Lowest, Floors.Highest).Should().Be((CommitVersion.Zero, (CommitVersion)30));
        (Floors.Kinds.Highest, Floors.Kinds.ByKey.Count).Should().Be(((CommitVersion)20, 0));
    }

    [Fact]
    public void RaisingTakesTheHigherOfEach()
    {
        var raised = Floors.RaisedTo(new FloorSet(6, [new(FirstByteClassifier.Operator, 10)], [Floor("a", 7), Floor("c", 9), Floor("d", 10)]));
        raised.Default.Should().Be((CommitVersion)6);
        raised.Of(FirstByteClassifier.Operator).Should().Be((CommitVersion)20);
        raised.ByKey.Select(f => f.Version.Value).Should().Equal(8, 30, 12, 20, 9, 10);
        Floors.RaisedTo(Floors).Should().BeSameAs(Floors);
        Floors.RaisedTo(new FloorSet(CommitVersion.Zero, [], [Floor("b", 30)])).Should().BeSameAs(Floors);
    }

    [Fact]
    public void FloorsOfKeysThatTheirKindHasPassedAreLeftOut()
    {
        var left = new List<KeyFloor>();
        var needed = Floors.WithoutRedundant(Classifier, left);
        needed.ByKey.Select(f => f.Version.Value).Should().Equal(8, 30);
        left.Select(f => f.Version.Value).Should().BeEquivalentTo([12UL, 20UL, 2UL]);
        needed.WithoutRedundant(Classifier, left).Should().BeSameAs(needed);
        foreach (var key in (string[])["a", "b", "ba", "c"])
        {
            needed.Of(Key(key), Classifier).Should().Be(Floors.Of(Key(key), Classifier));
        }
    }

    [Fact]
    public void ItIsKnownWhichFloorsRoseAndWhichDidNot()
    {
        var first = Floors.RaisedTo(FloorSet.None, [Floor("a", 9)]);
        var second = first.RaisedTo(FloorSet.None, [Floor("b", 31)]);
        second.WasRaisedAfter(Floors.Generation, Key("a")).Should().BeTrue();
        second.WasRaisedAfter(first.Generation, Key("a")).Should().BeFalse();
        second.WasRaisedAfter(first.Generation, Key("b")).Should().BeTrue();
        second.WasRaisedAfter(first.Generation, KeyRange.Until(Key("b"))).Should().BeFalse();
        second.WasRaisedAfter(first.Generation, KeyRange.All).Should().BeTrue();
        second.WasRaisedAfter(second.Generation, KeyRange.All).Should().BeFalse();

        var kinds = second.RaisedTo(new FloorSet(6, []), []);
        kinds.WasRaisedAfter(second.Generation, Key("a")).Should().BeTrue("kinds are not told apart");
    }

    private static KeyFloor Floor(string key, ulong version) => new(Key(key), version);

    private static byte[] Key(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
