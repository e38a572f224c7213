using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>The repository whose history is meant, and the revision it ends with.</summary>
internal static class RepositoryArgument
{
    /// <summary>A new one, which may be left out.</summary>
    public static Argument<string?> Create()
        => new Argument<string?>("repository")
        {
            Description = "A directory in the repository. Default: the one the command stands in.",
            Arity = ArgumentArity.ZeroOrOne,
        }.NeverEmpty();

    /// <summary>A new <c>--ref</c>.</summary>
    /// <param name="description">What is done with the revision.</param>
    public static Option<string> CreateReference(string description)
        => new Option<string>("--ref")
        {
            Description = description,
            HelpName = "revision",
            DefaultValueFactory = static _ => "HEAD",
        }.NeverEmpty();
}
