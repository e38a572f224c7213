using CsCheck;
using Xunit.Abstractions;

namespace MvStore.Tests.Protocols;

/// <summary>
/// Explores a protocol model completely. A proof holds when the space closed, nothing is stuck, and every action, trigger and reachable case
/// of the model occurred; a fault counts as caught only when the rule that was named for it caught it.
/// </summary>
internal static class Proof
{
    public const int MaxStates = 5_000_000;

    public static void Closes<TState>(string protocol, Spec<TState> spec, ITestOutputHelper output)
        where TState : IEquatable<TState>
    {
        var report = spec.Exhaustive(out var violation, null, MaxStates);
        output.WriteLine($"{protocol}: {report.States:N0} states, {report.Transitions:N0} transitions, depth {report.Depth}");
        if (violation is not null)
        {
            Assert.Fail(violation.ToString());
        }

        report.Closed.Should().BeTrue(report.Note);
        report.Pruned.Should().Be(0);
        report.NeverFired.Should().BeEmpty("an action that never runs proves nothing");
        report.NeverTriggered.Should().BeEmpty("a rule that never applies proves nothing");
        report.DeadlockStates.Should().Be(0, report.DeadlockTrace);
    }

    public static void Catches<TState>(string protocol, Spec<TState> faulty, string fault, string rule, ITestOutputHelper output)
        where TState : IEquatable<TState>
    {
        var report = faulty.Exhaustive(out var violation, null, MaxStates);
        violation.Should().NotBeNull($"{protocol} with the fault {fault} must break {rule}, but {report.States} states are fine");
        output.WriteLine($"{protocol}: {fault} caught by {violation!.Id} after {violation.StepIndex + 1} steps{Environment.NewLine}{violation}");
        violation.Id.Should().Be(rule);
    }

    public static bool Has(int mask, int bit) => (mask >> bit & 1) != 0;

    public static byte With(int mask, int bit) => (byte)(mask | 1 << bit);

    public static byte Without(int mask, int bit) => (byte)(mask & ~(1 << bit));
}
