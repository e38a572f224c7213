namespace MvStore.Tests.Leases;

/// <summary>How leases are written down (contract C2), and that what is not whole is not read (F3).</summary>
public sealed class LeaseNoteTests
{
    [Fact]
    public void C2_ALeaseIsReadAsItWasWrittenWhateverItsScope()
    {
        KeyRange?[] scopes =
        [
            null,
            KeyRange.All,
            KeyRange.Prefix("p"u8),
            KeyRange.From(""u8),
            .. new[] { true, false }.SelectMany(inclusive => (KeyRange?[])
                [KeyRange.From("a"u8, inclusive), KeyRange.Until("b"u8, inclusive), KeyRange.Between("a"u8, inclusive, "b"u8, !inclusive)]),
        ];
        LeaseInfo[] leases =
        [
            .. scopes.Select((scope, i) => new LeaseInfo($"lease-{i}", (ulong)i + 1, (ulong)i, DateTimeOffset.UnixEpoch.AddTicks(i), DateTimeOffset.MaxValue) { Scope = scope }),
        ];
        LeaseNote.Decode(LeaseNote.Encode(leases)).Should().Equal(leases);
        LeaseNote.Encode([]).Should().BeEmpty();
        LeaseNote.Decode(default).Should().BeEmpty();
    }

    [Fact]
    public void F3_ANoteThatIsCutOffOrOfAnotherFormIsToldAsDamage()
    {
        var note = LeaseNote.Encode([new LeaseInfo("lease", 5, 7, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue) { Scope = KeyRange.Between("a"u8, true, "b"u8, false) }]);
        for (var length = 2; length < note.Length; length++)
        {
            RequireDamage(note[..length]);
        }

        note[0]++;
        RequireDamage(note);
    }

    private static void RequireDamage(byte[] note)
        => FluentActions.Invoking(() => LeaseNote.Decode(note)).Should().Throw<PersistentTierException>("of {0} bytes", note.Length).Where(e => e.Failure == TierFailure.Damaged);
}
