namespace MvStore.Sqlite.Tests.Writing;

/// <summary>Everything that can happen in a few steps, in every order (DESIGN.md 6, Reclaiming).</summary>
public sealed class GarbageProtocolTests
{
    private const int Depth = 5;

    // Where it begins: entries, and a run that has come so far.
    private static readonly Action<GarbageWorld>[] Beginnings =
    [
        _ => { },
        w => Fill(w, steps: 0, isDeleted: true),
        w => Fill(w, steps: 1, isDeleted: true),
        w => Fill(w, steps: 2, isDeleted: true),
        w => Fill(w, steps: 1, isDeleted: false),
    ];

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void E6_I66_WhatIsCountedIsNeverLessThanWhatCanGo(int perKey, bool reclaimsDeletedKeys)
    {
        var known = 0L;
        var walking = 0L;
        foreach (var begin in Beginnings)
        {
            Explore([]);

            void Explore(int[] events)
            {
                var world = new GarbageWorld(perKey, reclaimsDeletedKeys);
                begin(world);
                for (var i = 0; i < events.Length; i++)
                {
                    if (!GarbageWorld.Events[events[i]](world))
                    {
                        return; // the same as without
                    }
                }

                if (!world.IsRight)
                {
                    Assert.Fail($"After {string.Join(", ", events)}, from beginning {Array.IndexOf(Beginnings, begin)}.");
                }

                known += world.IsKnown ? 1 : 0;
                walking += world.IsKnown && world.IsWalking ? 1 : 0;
                for (var next = 0; events.Length < Depth && next < GarbageWorld.Events.Count; next++)
                {
                    Explore([.. events, next]);
                }
            }
        }

        known.Should().BePositive();
        walking.Should().BePositive();
    }

    private static void Fill(GarbageWorld world, int steps, bool isDeleted)
    {
        world.Write("a", 2, isTombstone: false);
        world.Write("a", 4, isTombstone: false);
        world.Write("b", 5, isTombstone: false);
        world.Write("b", 6, isDeleted);
        for (var i = 0; i < steps; i++)
        {
            world.Walk();
        }
    }
}
