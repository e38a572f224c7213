using System.Text;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>The changes of one commit.</summary>
internal sealed class CommitScript(HistoryScript script)
{
    public const string Regular = "100644";
    public const string Executable = "100755";
    public const string Link = "120000";

    public CommitScript Write(string path, string content, string mode = Regular)
        => Write(Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(content), mode);

    public CommitScript Write(string path, byte[] content, string mode = Regular) => Write(Encoding.UTF8.GetBytes(path), content, mode);

    public CommitScript Write(byte[] path, byte[] content, string mode = Regular)
    {
        script.Line($"M {mode} inline {Quote(path)}");
        script.Data(content);
        return this;
    }

    public CommitScript Submodule(string path, string commit)
    {
        script.Line($"M 160000 {commit} {Quote(Encoding.UTF8.GetBytes(path))}");
        return this;
    }

    public CommitScript Delete(string path) => Delete(Encoding.UTF8.GetBytes(path));

    public CommitScript Delete(byte[] path)
    {
        script.Line($"D {Quote(path)}");
        return this;
    }

    public CommitScript Rename(string from, string to) => Rename(Encoding.UTF8.GetBytes(from), Encoding.UTF8.GetBytes(to));

    public CommitScript Rename(byte[] from, byte[] to)
    {
        script.Line($"R {Quote(from)} {Quote(to)}");
        return this;
    }

    private static string Quote(byte[] path)
    {
        var text = new StringBuilder("\"");
        foreach (var value in path)
        {
            _ = value is >= (byte)' ' and < 127 and not (byte)'"' and not (byte)'\\'
                ? text.Append((char)value)
                : text.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
        }

        return text.Append('"').ToString();
    }
}
