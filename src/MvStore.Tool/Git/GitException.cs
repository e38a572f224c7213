namespace MvStore.Tool.Git;

/// <summary>Git is missing, refused, or answered something that makes no sense.</summary>
internal sealed class GitException(string message, Exception? inner = null) : Exception(message, inner);
