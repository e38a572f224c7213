using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Reading;

namespace MvStore.Tests.Reading;

/// <summary>Reads without a pin, whose floor rises while they read.</summary>
public sealed class PointReaderTests
{
    [Fact]
    public void B10_ReadingManyKeysStartsOverWhenAFloorRoseMeanwhile()
    {
        using var buffer = new VersionBuffer(new OneKind());
        var reader = new PointReader(new TieredReader(buffer, tier: null), new Published(), new RisingFloor(10), new OneKind());
        ReadOnlyMemory<byte>[] keys = [new byte[] { 1 }, new byte[] { 2 }];

        var readBelow = () => reader.TryFindMany(keys, 5, []);

        readBelow.Should().Throw<BelowFloorException>();
    }

    [Fact]
    public async Task B10_ReadingAKeyStartsOverWhenAFloorRoseMeanwhile()
    {
        using var buffer = new VersionBuffer(new OneKind());
        var reader = new PointReader(new TieredReader(buffer, tier: null), new Published(), new RisingFloor(10), new OneKind());

        await reader.Awaiting(r => r.GetAsync([1], 5, CancellationToken.None).AsTask()).Should().ThrowAsync<BelowFloorException>();
    }

    private sealed class OneKind : IKeyClassifier
    {
        public EntryKind Classify(ReadOnlySpan<byte> key) => EntryKind.Multi;
    }

    private sealed class Published : IPublicationSource
    {
        public Publication Current { get; } = new(1, 20, 20, 0);
    }

    /// <summary>None at the first look, and later some.</summary>
    private sealed class RisingFloor(CommitVersion floor) : IFloorSource
    {
        private readonly PublishedFloors _risen = new(new FloorSet(floor, []));
        private readonly PublishedFloors _none = new(FloorSet.None);
        private bool _wasSeen;

        public PublishedFloors Current
        {
            get
            {
                var current = _wasSeen ? _risen : _none;
                _wasSeen = true;
                return current;
            }
        }
    }
}
