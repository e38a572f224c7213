namespace MvStore.Conformance;

/// <summary>Notes of the engine: kept under a name, replaced whole, told at the next opening.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class NoteConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    [Fact]
    public async Task F2_ANewStoreHasNoNotes()
    {
        State.Notes.Should().BeEmpty();
        (await ReopenAsync()).Notes.Should().BeEmpty();
    }

    [Fact]
    public async Task F2_ANoteIsReplacedWhole()
    {
        await Tier.SetNoteAsync("a", new byte[] { 1, 2, 3 }, default);
        await Tier.SetNoteAsync("b", new byte[] { 9 }, default);
        await Tier.SetNoteAsync("a", new byte[] { 4 }, default);
        Texts(await ReopenAsync()).Should().Equal("a=04", "b=09");
        await Tier.SetNoteAsync("b", new byte[] { 5, 6, 7, 8 }, default);
        Texts(await ReopenAsync()).Should().Equal("a=04", "b=05060708");
    }

    [Fact]
    public async Task F2_EmptyContentRemovesANote()
    {
        await Tier.SetNoteAsync("a", new byte[] { 1 }, default);
        await Tier.SetNoteAsync("b", new byte[] { 2 }, default);
        await Tier.SetNoteAsync("a", default, default);
        await Tier.SetNoteAsync("never set", default, default);
        Texts(await ReopenAsync()).Should().Equal("b=02");
        await Tier.SetNoteAsync("a", new byte[] { 3 }, default);
        await Tier.SetNoteAsync("b", default, default);
        Texts(await ReopenAsync()).Should().Equal("a=03");
    }

    [Fact]
    public async Task F2_NotesUpToTheLimitsAreKept()
    {
        var name = new string('n', TierNote.MaxNameLength);
        var content = new byte[TierNote.MaxContentLength];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(i * 7);
        }

        await Tier.SetNoteAsync(name, content, default);
        (await ReopenAsync()).Notes.Should().ContainSingle().Which.Key.Should().Be(name);
        State.Notes[name].ToArray().Should().Equal(content);
    }

    [Fact]
    public async Task F2_NamesAreToldApart()
    {
        string[] names = ["a", "A", "aa", "a ", " a", "a\0", "\0", "~", "a'b\"c", "\u007F"];
        for (var i = 0; i < names.Length; i++)
        {
            await Tier.SetNoteAsync(names[i], new[] { (byte)(i + 1) }, default);
        }

        var notes = (await ReopenAsync()).Notes;
        notes.Should().HaveCount(names.Length);
        names.Select(n => notes[n].Span[0]).Should().Equal(Enumerable.Range(1, names.Length).Select(i => (byte)i));
    }

    [Fact]
    public async Task F2_WhatIsNoNoteIsRefusedAndNothingIsKept()
    {
        foreach (var name in (string[])["", new string('n', TierNote.MaxNameLength + 1), "naïve"])
        {
            await Tier.Awaiting(t => t.SetNoteAsync(name, new byte[] { 1 }, default).AsTask()).Should().ThrowAsync<ArgumentException>();
        }

        await Tier.Awaiting(t => t.SetNoteAsync("a", new byte[TierNote.MaxContentLength + 1], default).AsTask()).Should().ThrowAsync<ArgumentException>();
        (await ReopenAsync()).Notes.Should().BeEmpty();
    }

    [Fact]
    public async Task F2_ANoteMovesNoMarkAndNeedsNoSlice()
    {
        await Tier.SetNoteAsync("a", new byte[] { 1 }, default);
        (await Tier.GetMarkAsync(default)).Should().Be(0);
        await ApplyAsync(Rows.Set("k", 1, 1, "x"));
        await Tier.RaiseFloorAsync(new FloorSet(1, []), [], default);
        var state = await ReopenAsync();
        Texts(state).Should().Equal("a=01");
        state.DurableSequence.Should().Be(1);
        await Tier.SetNoteAsync("a", new byte[] { 2 }, default);
        (await Tier.GetMarkAsync(default)).Should().Be(1);
        state = await ReopenAsync();
        state.DurableSequence.Should().Be(1);
        state.HighestVersion.Should().Be((CommitVersion)1);
        state.Floors.Default.Should().Be((CommitVersion)1);
        Rows.Texts(await Tier.GetAsync(Rows.Keys("k"), Rows.Everything, default)).Should().Equal("6B@1#1=78");
    }

    [Fact]
    public async Task F2_TheMemoryOfANoteMayBeUsedAgain()
    {
        byte[] content = [1, 2];
        await Tier.SetNoteAsync("a", content, default);
        content[0] = 7;
        Texts(await ReopenAsync()).Should().Equal("a=0102");
    }

    private static IEnumerable<string> Texts(TierState state)
        => state.Notes.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => $"{n.Key}={Convert.ToHexString(n.Value.Span)}");
}
