using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>The store, for commands that work on any store and not only on that of a repository.</summary>
internal static class StoreArgument
{
    /// <summary>A new <c>[store]</c>.</summary>
    public static Argument<string?> Create() => new("store")
    {
        Description = "The store file. Default: the one --store names, or that of the repository.",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
