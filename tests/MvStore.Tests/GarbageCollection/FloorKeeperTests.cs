using MvStore.Contracts;
using MvStore.GarbageCollection;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.GarbageCollection;

/// <summary>The floors in force: what replaces them, and what does not.</summary>
public sealed class FloorKeeperTests
{
    private static readonly FloorSet First = FloorSet.None.RaisedTo(new FloorSet(5, []));
    private static readonly FloorSet Second = First.RaisedTo(new FloorSet(9, []));

    [Fact]
    public void I35_WhatIsPreparedIsInForceAndWhatIsPublishedIsStoredBesides()
    {
        var floors = new FloorKeeper(FloorSet.None);
        floors.Prepare(First);
        (floors.Current.Set, floors.Stored).Should().Be((First, FloorSet.None));
        floors.Publish(First);
        (floors.Current.Set, floors.Stored).Should().Be((First, First));
        floors.Publish(Second);
        (floors.Current.Set, floors.Stored).Should().Be((Second, Second));
    }

    [Fact]
    public void I8_WhatWasNotRaisedSinceReplacesNothing()
    {
        var floors = new FloorKeeper(FloorSet.None);
        floors.Publish(Second);
        var before = floors.Current;
        foreach (var other in new[] { First, First.RaisedTo(new FloorSet(9, [])), FloorSet.None })
        {
            floors.Prepare(other);
            floors.Publish(other);
            floors.Current.Should().BeSameAs(before);
            floors.Stored.Should().BeSameAs(Second);
        }
    }

    [Fact]
    public void I22_TheSameFloorsPublishedAnewAreOthersToWhoBeganBefore()
    {
        var floors = new FloorKeeper(First);
        var before = floors.Current;
        floors.Renew();
        floors.Current.Should().NotBeSameAs(before).And.Be(before);
        floors.Current.Set.Should().BeSameAs(First);
    }

    [Fact]
    public void I24_ThatKeysMayBeGoneIsToldOnceAndStays()
    {
        var floors = new FloorKeeper(FloorSet.None);
        floors.Current.ForgetsKeys.Should().BeFalse();
        floors.Forget();
        var told = floors.Current;
        told.Should().Be(new PublishedFloors(FloorSet.None, ForgetsKeys: true));
        floors.Forget();
        floors.Current.Should().BeSameAs(told, "nobody has to begin again for what was told before");
        floors.Publish(First);
        floors.Current.Should().Be(new PublishedFloors(First, ForgetsKeys: true));
        new FloorKeeper(FloorSet.None, forgetsKeys: true).Current.ForgetsKeys.Should().BeTrue();
    }

    /// <summary>Others publish the same floors anew, on threads of their own, while one tells of the first key that goes; once for each of many stores.</summary>
    [Fact]
    public async Task I24_ThatKeysMayBeGoneIsToldWhoeverPublishesFloorsMeanwhile()
    {
        FloorKeeper[] all = [.. Enumerable.Range(0, 2_000).Select(_ => new FloorKeeper(FloorSet.None))];
        var at = 0;
        await Crowd.RunAsync(ForgetAsync, RenewAsync, RenewAsync);
        all.Should().OnlyContain(floors => floors.Current.ForgetsKeys);

        Task ForgetAsync()
        {
            foreach (var floors in all)
            {
                floors.Forget();
                Interlocked.Increment(ref at);
            }

            return Task.CompletedTask;
        }

        Task RenewAsync()
        {
            for (int now; (now = Volatile.Read(ref at)) < all.Length;)
            {
                all[now].Renew();
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>One raises floors while others publish them anew on threads of their own: nothing that was raised is lost.</summary>
    [Fact]
    public async Task I8_FloorsThatAreRaisedWhileOthersPublishThemAnewStayRaised()
    {
        const int Raises = 2_000;
        var floors = new FloorKeeper(FloorSet.None);
        var isOver = false;
        await Crowd.RunAsync(RaiseAsync, RenewAsync, RenewAsync);
        floors.Current.Should().Be(new PublishedFloors(floors.Stored, ForgetsKeys: true));

        Task RaiseAsync()
        {
            try
            {
                var set = FloorSet.None;
                for (var i = 1UL; i <= Raises; i++)
                {
                    set = set.RaisedTo(new FloorSet(i, []));
                    floors.Publish(set);
                    if (!ReferenceEquals(floors.Current.Set, set))
                    {
                        throw new InvalidOperationException($"Floor {i} was raised and is not in force.");
                    }
                }

                floors.Forget();
                return Task.CompletedTask;
            }
            finally
            {
                Volatile.Write(ref isOver, true);
            }
        }

        Task RenewAsync()
        {
            while (!Volatile.Read(ref isOver))
            {
                floors.Renew();
            }

            return Task.CompletedTask;
        }
    }
}
