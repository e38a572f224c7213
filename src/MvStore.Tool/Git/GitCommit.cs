namespace MvStore.Tool.Git;

/// <summary>What git knows about a commit, as bytes where git does not promise text.</summary>
/// <param name="Id">The commit id in hexadecimal: 40 digits with SHA-1, 64 with SHA-256.</param>
/// <param name="Time">When it was authored: seconds since 1970, a space, the offset, as in <c>1700000000 +0100</c>.</param>
/// <param name="AuthorName">The author's name.</param>
/// <param name="AuthorEmail">The author's address.</param>
/// <param name="Subject">The first paragraph of the message in one line.</param>
internal sealed record GitCommit(string Id, string Time, byte[] AuthorName, byte[] AuthorEmail, byte[] Subject);
