using CsCheck;

namespace MvStore.Tests.Protocols;

/// <summary>Actions whose results are brought to their canonical form.</summary>
internal static class TreeSteps
{
    public static Spec<TreeWorld> Step(this Spec<TreeWorld> spec, string name, Func<TreeWorld, bool> when, Func<TreeWorld, TreeWorld> then)
        => spec.Action(name, when, w => then(w).ToCanonical());

    public static Spec<TreeWorld> Step<TChoice>(
        this Spec<TreeWorld> spec, string name, TChoice[] choices, Func<TreeWorld, TChoice, bool> when, Func<TreeWorld, TChoice, TreeWorld> then)
        => spec.Action(name, choices, when, (w, choice) => then(w, choice).ToCanonical());
}
