using System.Globalization;

namespace MvStore.Tests.Architecture;

/// <summary>A clause without a test is not kept: each has at least one test whose name begins with its id.</summary>
public sealed class ContractCoverageTests
{
    private static readonly string[] OtherClauses = ["C1", "D1", "D2", "D3", "D5", "D6", "D7", "D8", "D9", "F1", "F2", "F4", "F5", "F8"];

    // Mistakes that stores of this shape are known for; each is a standing test.
    private static readonly int[] Traps = [.. Enumerable.Range(1, 13)];

    private static readonly HashSet<string> Prefixes =
        [.. Repository.SourcesIn("tests").SelectMany(s => s.TestMethods).Select(name => name.Split('_')[0])];

    public static TheoryData<string> Clauses => [.. Numbered("A", 13), .. Numbered("B", 12), .. OtherClauses];

    public static TheoryData<string> TrapIds => [.. Traps.Select(t => $"Trap{t:00}")];

    [Theory]
    [MemberData(nameof(Clauses))]
    public void ClauseHasATest(string clause)
        => Prefixes.Contains(clause).Should().BeTrue($"a test named {clause}_... pins what the clause promises");

    [Theory]
    [MemberData(nameof(TrapIds))]
    public void TrapHasATest(string trap)
        => Prefixes.Contains(trap).Should().BeTrue($"a test named {trap}_... stands against it");

    private static IEnumerable<string> Numbered(string section, int count)
        => Enumerable.Range(1, count).Select(n => section + n.ToString(CultureInfo.InvariantCulture));
}
