using CsCheck;
using Xunit.Abstractions;
using static MvStore.Tests.Protocols.ChainState;
using static MvStore.Tests.Protocols.Proof;

namespace MvStore.Tests.Protocols;

/// <summary>
/// The versions of a record (DESIGN 3, "Chains"): whoever holds its lock links entries, the newest or late ones, turns the list into a block and back, and takes entries out,
/// one store at a time; a reader with a view captured before goes from the word to the newest entry it can see. I2, I5, I6.
/// </summary>
public sealed class ChainTests(ITestOutputHelper output)
{
    private const byte Relinking = 1; // Steps 1 to 4: the entry whose turn it is.
    private const byte Storing = 5;
    private const byte RetiringBlock = 6;
    private const byte RetiringEntries = 7;
    private const byte Listing = 8; // An entry whose link is set is to be put into the list.
    private const byte LinkingAfterwards = 9; // Of a fault only.
    private const byte Done = 3; // Of the reader.

    private const byte OldView = 0b110; // Versions 1 and 2.

    private static readonly int[] EntryNumbers = [1, 2, 3, 4];

    public enum Fault
    {
        None,
        WordBeforeOlder,
        WordBeforeRelinking,
        RemovedLeadsNowhere,
        RetireBeforeUnlinking,
        FreeAtOnce,
        NewestLeavesFirst,
        WordBeforeView,
        NoRelinking,
    }

    [Fact]
    public void I6_what_a_reader_finds_is_the_newest_it_can_see()
        => Closes("chain", Make(Fault.None), output);

    [Theory]
    [InlineData(Fault.WordBeforeOlder, "I2-FOUND")]
    [InlineData(Fault.WordBeforeRelinking, "I2-FOUND")]
    [InlineData(Fault.RemovedLeadsNowhere, "I2-FOUND")]
    [InlineData(Fault.RetireBeforeUnlinking, "NOT-FREED")]
    [InlineData(Fault.FreeAtOnce, "NOT-FREED")]
    [InlineData(Fault.NewestLeavesFirst, "I6-NEWEST")]
    [InlineData(Fault.WordBeforeView, "I2-FOUND")]
    [InlineData(Fault.NoRelinking, "NOT-FREED")]
    public void Chain_faults_are_caught(Fault fault, string rule)
        => Catches("chain", Make(fault), fault.ToString(), rule, output);

    private static Spec<ChainState> Make(Fault fault)
        => Reader(Writer(Spec.From(default(ChainState)), fault), fault)
            .Invariant("NOT-FREED", "The reader is at nothing that is free.", s =>
                (s.At == 0 || s.Life[s.At] != Freed) && (s.Found == 0 || s.Life[s.Found] != Freed))
            .Invariant("I6-NEWEST", "What is found and final is the newest that can be seen, in whichever tier.", s =>
                s.Reader != Done || !Has(s.Final, s.Found) || s.Found == Newest(s.View))
            .Invariant("I2-FOUND", "What can be seen is found, unless it has left memory.", s =>
                s.Reader != Done || s.Found == Newest(s.View) || Has(s.Evicted, Newest(s.View)))
            .Reachable("OLD-LIST", "A reader stands on a list that is a block meanwhile.", s => s.Reader == 2 && s.At is > 0 and <= Entries && IsBlock(s.Word))
            .Reachable("OLD-BLOCK", "A reader has a block that is a list meanwhile.", s => s.Reader == 2 && IsBlock(s.At) && s.Word is > 0 and <= Entries)
            .Reachable("ON-REMOVED", "A reader stands on an entry that was taken out.", s => s.Reader == 2 && s.At != 0 && s.Life[s.At] == Retired && !IsBlock(s.At))
            .Reachable("LEFT", "A reader comes too late for what it could see.", s => s.Reader == Done && s.View != 0 && s.Found == 0)
            .Terminal(_ => false);

    private static Spec<ChainState> Writer(Spec<ChainState> spec, Fault fault)
    {
        if (fault == Fault.WordBeforeOlder)
        {
            spec = spec.Action("Link: older afterwards", s => s.Step == LinkingAfterwards, s =>
                End(s with { Older = s.Older.With(s.Linking, Below(s.Content, s.Linking)) }));
        }

        return spec
            .Action("Link", EntryNumbers, (s, e) => s.Step == 0 && s.Life[e] == 0 && s.FreeBlock() != 0, (s, e) => Link(s, e, fault))
            .Action("Link: to the list", s => s.Step == Listing, s => PutIntoList(s, fault))
            .Action("Publish", EntryNumbers, (s, e) => s.Step == 0 && Has(s.Content, e) && !Has(s.Published, e), (s, e) => s with { Published = With(s.Published, e) })
            .Action("Evict", s => s.Step == 0 && Has(s.Published, Leaving(s, fault)), s =>
                Take(s with { Evicted = With(s.Evicted, Leaving(s, fault)) }, 1 << Leaving(s, fault), fault))
            .Action("Evict two", s => s.Step == 0 && fault != Fault.NewestLeavesFirst && CountOf(s.Content & s.Published) >= 2
                && (OldestTwo(s) & ~s.Published) == 0, s => Take(s with { Evicted = (byte)(s.Evicted | OldestTwo(s)) }, OldestTwo(s), fault))
            .Action("Reclaim", EntryNumbers[..^1], (s, e) => s.Step == 0 && IsHidden(s, e), (s, e) =>
                Take(s with { Reclaimed = With(s.Reclaimed, e) }, 1 << e, fault))
            .Action("Keep: relink", s => s.Step is >= Relinking and < Storing, s => Relink(s, fault))
            .Action("Keep: store", s => s.Step == Storing && s.FreeBlock() != 0, s => Store(s, fault))
            .Action("Keep: retire block", s => s.Step == RetiringBlock, s =>
                s.OldBlock == 0 ? s with { Step = RetiringEntries } : s.Retire(s.OldBlock, fault == Fault.FreeAtOnce) with { Step = RetiringEntries, OldBlock = 0 })
            .Action("Keep: retire entries", s => s.Step == RetiringEntries, s => End(RetireDropped(s, fault)));
    }

    private static Spec<ChainState> Reader(Spec<ChainState> spec, Fault fault)
    {
        var isLate = fault == Fault.WordBeforeView;
        return spec
            .Action("Reader: view", s => s.Reader == 0, s => isLate
                ? s with { Reader = 1, At = (byte)s.Word }
                : s with { Reader = 1, View = s.Published })
            .Action("Reader: old view", s => s.Reader == 0 && (s.Reclaimed & OldView) == 0, s => isLate
                ? s with { Reader = 1, At = (byte)s.Word }
                : s with { Reader = 1, View = (byte)(s.Published & OldView) })
            .Action("Reader: word", s => s.Reader == 1, s => isLate
                ? s with { Reader = 2, View = s.Published }
                : s with { Reader = 2, At = (byte)s.Word })
            .Action("Reader: go on", s => s.Reader == 2, Step)
            .Action("Reader: leave", s => s.Reader == Done, s => s.Leave());

        static ChainState Step(ChainState s)
            => s.At == 0 ? s with { Reader = Done }
                : IsBlock(s.At) ? s with { Reader = Done, At = 0, Found = (byte)Newest(s.ContentOf(s.At) & s.View) }
                : Has(s.View, s.At) ? s with { Reader = Done, At = 0, Found = s.At }
                : s with { At = (byte)s.Older[s.At] };
    }

    private static ChainState Link(ChainState s, int entry, Fault fault)
    {
        // Fresh, or right above one that is final.
        var isFinal = entry > Newest(s.Content | s.Published) || Has(s.Final, Below(s.Content, entry));
        var linked = s with
        {
            Life = s.Life.With(entry, Live),
            Content = With(s.Content, entry),
            Final = isFinal ? With(s.Final, entry) : s.Final,
            Linking = (byte)entry,
        };
        if (IsBlock(s.Word))
        {
            // Above the newest in place, otherwise in another block.
            return entry > Newest(s.Content)
                ? End(linked with { Blocks = s.Blocks.With(s.Word, linked.Content >> 1) })
                : linked.PublishBlock(linked.Content) with { Step = RetiringBlock, OldBlock = (byte)s.Word };
        }

        if (CountOf(linked.Content) > MostListed)
        {
            return End(linked.PublishBlock(linked.Content));
        }

        return fault == Fault.WordBeforeOlder
            ? linked with { Step = Listing }
            : linked with { Step = Listing, Older = s.Older.With(entry, Below(s.Content, entry)) };
    }

    private static ChainState PutIntoList(ChainState s, Fault fault)
    {
        var newer = s.Content >> (s.Linking + 1) << (s.Linking + 1);
        var put = newer == 0 ? s with { Word = s.Linking } : s with { Older = s.Older.With(Oldest(newer), s.Linking) };
        return fault == Fault.WordBeforeOlder ? put with { Step = LinkingAfterwards } : End(put);
    }

    private static ChainState Take(ChainState s, int entries, Fault fault)
    {
        var left = s with
        {
            Content = (byte)(s.Content & ~entries),
            Dropped = (byte)entries,
            OldBlock = IsBlock(s.Word) ? (byte)s.Word : (byte)0,
        };
        left = fault == Fault.RetireBeforeUnlinking ? RetireDropped(left, fault) : left;
        var skips = fault is Fault.WordBeforeRelinking or Fault.NoRelinking || CountOf(left.Content) > MostListed;
        return left with { Step = skips ? Storing : Relinking };
    }

    // From the oldest to the newest, one store each.
    private static ChainState Relink(ChainState s, Fault fault)
    {
        var entry = s.Step;
        var relinked = Has(s.Content, entry) ? s with { Older = s.Older.With(entry, Below(s.Content, entry)) } : s;
        return relinked with { Step = entry < Entries ? (byte)(entry + 1) : fault == Fault.WordBeforeRelinking ? RetiringBlock : Storing };
    }

    private static ChainState Store(ChainState s, Fault fault)
    {
        var stored = CountOf(s.Content) > MostListed ? s.PublishBlock(s.Content) : s with { Word = Newest(s.Content) };
        return stored with { Step = fault == Fault.WordBeforeRelinking && !IsBlock(stored.Word) ? Relinking : RetiringBlock };
    }

    private static ChainState RetireDropped(ChainState s, Fault fault)
    {
        foreach (var entry in EntryNumbers)
        {
            if (Has(s.Dropped, entry))
            {
                s = s.Retire(entry, fault == Fault.FreeAtOnce);
                s = fault == Fault.RemovedLeadsNowhere ? s with { Older = s.Older.With(entry, 0) } : s;
            }
        }

        return s with { Dropped = 0 };
    }

    private static ChainState End(ChainState s) => s with { Step = 0, Linking = 0, Dropped = 0, OldBlock = 0 };

    private static int Leaving(ChainState s, Fault fault) => fault == Fault.NewestLeavesFirst ? Newest(s.Content) : Oldest(s.Content);

    private static int OldestTwo(ChainState s)
    {
        var first = Oldest(s.Content);
        return (1 << first) | (1 << Oldest(s.Content & ~(1 << first)));
    }

    // A newer one is published, and the reader, who would hold a pin or read again, does not see it.
    private static bool IsHidden(ChainState s, int entry)
        => Has(s.Content, entry) && Has(s.Published, entry) && Newest(s.Content & s.Published) > entry
            && (s.Reader == 0 || Newest(s.View) != entry);
}
