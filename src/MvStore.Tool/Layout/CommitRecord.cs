using System.Globalization;
using System.Text;
using MvStore.Tool.Git;

namespace MvStore.Tool.Layout;

/// <summary>
/// The value of a commit's key, laid out as git lays out a commit: lines of a word and its value, an empty line, the subject. Names and
/// subjects keep the bytes git gives for them.
/// <code>
/// commit 106eaf2c5374d1d30bb3758117076311d1fd26f2
/// author Ada Lovelace &lt;ada@example.org&gt;
/// time 1700000000 +0100
///
/// Count Bernoulli numbers
/// </code>
/// </summary>
/// <param name="Id">The commit id.</param>
/// <param name="Author">Name and address, invalid bytes replaced.</param>
/// <param name="Time">When it was authored, in the author's offset; null when git's record of it makes no sense.</param>
/// <param name="Subject">The subject, invalid bytes replaced.</param>
internal sealed record CommitRecord(string Id, string Author, DateTimeOffset? Time, string Subject)
{
    /// <summary>The first digits of the id.</summary>
    public string ShortId => Id[..Math.Min(10, Id.Length)];

    /// <summary>The author without the address.</summary>
    public string AuthorName => Author.LastIndexOf(" <", StringComparison.Ordinal) is > 0 and var end ? Author[..end] : Author;

    /// <summary>The value for a commit.</summary>
    public static byte[] Encode(GitCommit commit) =>
    [
        .. "commit "u8, .. Encoding.ASCII.GetBytes(commit.Id),
        .. "\nauthor "u8, .. commit.AuthorName, .. " <"u8, .. commit.AuthorEmail,
        .. ">\ntime "u8, .. Encoding.ASCII.GetBytes(commit.Time),
        .. "\n\n"u8, .. commit.Subject,
    ];

    /// <summary>Reads a value back.</summary>
    /// <exception cref="ToolException">It is not one.</exception>
    public static CommitRecord Decode(ReadOnlySpan<byte> value)
    {
        var lines = Encoding.UTF8.GetString(value).Split('\n', 5);
        if (lines is not [['c', 'o', 'm', 'm', 'i', 't', ' ', .. var id], ['a', 'u', 't', 'h', 'o', 'r', ' ', .. var author],
            ['t', 'i', 'm', 'e', ' ', .. var time], "", var subject])
        {
            throw new ToolException(ExitCode.Store, "The store holds a commit record that this command did not write.");
        }

        return new CommitRecord(id, author, ParseTime(time), subject);
    }

    private static DateTimeOffset? ParseTime(string time)
    {
        if (time.Split(' ') is not [var seconds, ['+' or '-', _, _, _, _] offset]
            || !long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var unix)
            || !int.TryParse(offset, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var clock))
        {
            return null;
        }

        try
        {
            var shift = new TimeSpan(clock / 100, clock % 100, 0);
            return DateTimeOffset.FromUnixTimeSeconds(unix).ToOffset(shift);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
