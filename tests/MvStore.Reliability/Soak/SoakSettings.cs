using System.Globalization;

namespace MvStore.Reliability.Soak;

/// <summary>One store of a soak.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="Seed">What its commits follow from.</param>
/// <param name="HasLog">Whether a commit log is before SQLite.</param>
/// <param name="Rate">Commits a second, at most.</param>
internal sealed record SoakSettings(string Directory, int Seed, bool HasLog, int Rate)
{
    /// <summary>How long a round takes.</summary>
    public TimeSpan RoundTime => TimeSpan.FromSeconds((double)SoakPlan.Round * SoakPlan.Writers / Rate);

    /// <param name="arguments">As <see cref="ToArguments"/> made them, after the first.</param>
    public static SoakSettings Parse(string[] arguments)
        => new(arguments[0], Number(arguments[1]), bool.Parse(arguments[2]), Number(arguments[3]));

    /// <summary>The command line of the process.</summary>
    public IReadOnlyList<string> ToArguments()
        => ["soak", Directory, Seed.ToString(CultureInfo.InvariantCulture), HasLog.ToString(), Rate.ToString(CultureInfo.InvariantCulture)];

    public override string ToString() => $"{(HasLog ? "log and SQLite" : "SQLite")}, seed {Seed}";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
