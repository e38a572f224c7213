using System.Globalization;
using MvStore.Tests.Text;

namespace MvStore.Tests.Scenarios;

/// <summary>The words of one command, taken from left to right.</summary>
internal sealed class ScenarioArguments(string text)
{
    private const string Open = "..";

    private readonly Queue<string> _words = new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public bool IsEmpty => _words.Count == 0;

    public string Word() => _words.TryDequeue(out var word) ? word : throw new FormatException($"'{text}' ends too early.");

    public byte[] Key() => ByteText.Parse(Word());

    public int Number() => int.Parse(Word(), NumberStyles.None, CultureInfo.InvariantCulture);

    public CommitVersion Version()
        => Word() is var word && word == "latest"
            ? CommitVersion.Latest
            : ulong.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Takes a word if it is the next one.</summary>
    public bool Take(string word)
    {
        if (!_words.TryPeek(out var next) || next != word)
        {
            return false;
        }

        _words.Dequeue();
        return true;
    }

    /// <summary><c>all</c>, <c>prefix p</c>, <c>exactly k</c>, or bounds such as <c>[a,c)</c>, <c>(a,..)</c>, <c>(..,c]</c>.</summary>
    public KeyRange Range()
    {
        var word = Word();
        return word switch
        {
            "all" => KeyRange.All,
            "prefix" => KeyRange.Prefix(Key()),
            "exactly" => KeyRange.Exactly(Key()),
            _ => Bounds(word),
        };
    }

    /// <summary>What is left must be nothing.</summary>
    public void End()
    {
        if (!IsEmpty)
        {
            throw new FormatException($"'{text}': '{string.Join(' ', _words)}' is not understood.");
        }
    }

    private static KeyRange Bounds(string word)
    {
        var comma = word.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !"[(".Contains(word[0], StringComparison.Ordinal) || !"])".Contains(word[^1], StringComparison.Ordinal))
        {
            throw new FormatException($"'{word}' is not a range.");
        }

        var (start, end) = (word[1..comma], word[(comma + 1)..^1]);
        var (startInclusive, endInclusive) = (word[0] == '[', word[^1] == ']');
        return (start, end) switch
        {
            (Open, Open) => KeyRange.All,
            (Open, _) => KeyRange.Until(ByteText.Parse(end), endInclusive),
            (_, Open) => KeyRange.From(ByteText.Parse(start), startInclusive),
            _ => KeyRange.Between(ByteText.Parse(start), startInclusive, ByteText.Parse(end), endInclusive),
        };
    }

    /// <summary><c>name=value</c>; the value is empty if there is none.</summary>
    public static (string Name, string Value) Pair(string word)
        => word.Split('=', 2) is [var name, var value] ? (name, value.Length == 0 ? "''" : value) : (word, "''");
}
