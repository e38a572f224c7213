using System.Buffers;
using System.Globalization;
using System.Text;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>Writes a history as a stream for <c>git fast-import</c>, which is quick and takes what no work tree can hold.</summary>
internal sealed class HistoryScript
{
    private readonly ArrayBufferWriter<byte> _stream = new();
    private int _lastMark;
    private long _time = 1_700_000_000;

    public ReadOnlyMemory<byte> Bytes => _stream.WrittenMemory;

    /// <summary>The mark of the newest commit on the main branch.</summary>
    public int Tip { get; private set; }

    /// <summary>A commit behind the tip of the main branch, which it becomes.</summary>
    public HistoryScript Commit(string subject, Action<CommitScript>? changes = null, int? merge = null, string author = "Ada Lovelace <ada@example.org>")
    {
        Tip = Write("refs/heads/main", subject, author, Tip == 0 ? null : Tip, merge, changes);
        return this;
    }

    /// <summary>A commit beside the main branch; returns its mark, to be merged.</summary>
    public int Side(string subject, int from, Action<CommitScript> changes)
        => Write("refs/heads/side", subject, "Charles Babbage <charles@example.org>", from, null, changes);

    private int Write(string branch, string subject, string author, int? from, int? merge, Action<CommitScript>? changes)
    {
        var mark = ++_lastMark;
        _time += 60;
        Line($"commit {branch}");
        Line($"mark :{mark}");
        Line($"author {author} {_time} +0130");
        Line($"committer {author} {_time} +0000");
        Data(Encoding.UTF8.GetBytes(subject));
        if (from is { } parent)
        {
            Line($"from :{parent}");
        }

        if (merge is { } other)
        {
            Line($"merge :{other}");
        }

        changes?.Invoke(new CommitScript(this));
        Line("");
        return mark;
    }

    internal void Line(string text) => _stream.Write(Encoding.UTF8.GetBytes(text + "\n"));

    internal void Data(ReadOnlySpan<byte> bytes)
    {
        Line(string.Create(CultureInfo.InvariantCulture, $"data {bytes.Length}"));
        _stream.Write(bytes);
        Line("");
    }
}
