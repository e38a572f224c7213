using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>What a run did, line by line, and where its answers are compared.</summary>
internal sealed class ModelJournal()
{
    private readonly List<string> _lines = [];

    /// <summary>What was done so far, one line for each operation, the last one being the one that failed.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public async Task<string> ExpectAsync(string name, Func<ValueTask<string>> call, params string[] acceptable)
    {
        var answer = await TryAsync(name, call);
        OneOf(name, acceptable, answer);
        return answer;
    }

    public async Task<string> TryAsync(string name, Func<ValueTask<string>> call)
    {
        Note(name);
        var answer = await AnswerText.OfAsync(call);
        _lines[^1] += $" -> {answer}";
        return answer;
    }

    public void OneOf(string name, IEnumerable<string> acceptable, string actual)
    {
        if (!acceptable.Contains(actual))
        {
            throw Mismatch(name, string.Join(" or ", acceptable), actual);
        }
    }

    public void Same(string name, string expected, string actual) => OneOf(name, [expected], actual);

    public ModelMismatchException Mismatch(string name, string expected, string actual)
    {
        _lines.Add($"  expected {expected}");
        return new ModelMismatchException(string.Join(Environment.NewLine, name, $"  expected {expected}", $"  but got  {actual}"));
    }

    public void Note(string line) => _lines.Add(line);
}
