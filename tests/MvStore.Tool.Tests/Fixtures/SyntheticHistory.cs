using System.Globalization;
using System.Text;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>
/// Makes a history of any length out of a seed: text and binary files, empty ones, odd paths, renames, deletions, executable bits,
/// links, submodules, files that become directories and back, merges, and commits that change nothing. The same seed gives the same
/// commits, ids included.
/// </summary>
internal sealed class SyntheticHistory(int seed)
{
    private const int Slots = 8;

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _paths = [];
    private readonly bool[] _slotIsDirectory = new bool[Slots];
    private int _created;

    public static HistoryScript Create(int commits, int seed = 1) => new SyntheticHistory(seed).Write(commits);

    private HistoryScript Write(int commits)
    {
        var script = new HistoryScript();
        script.Commit("root", Grow);
        for (var i = 2; i <= commits; i++)
        {
            var subject = string.Create(CultureInfo.InvariantCulture, $"commit {i}: naïve \"quotes\"");
            if (i % 20 == 0)
            {
                var side = script.Side("side", script.Tip, c => c.Write($"merged/{i}", "on the side"));
                script.Commit(subject, c => Change(c.Write($"merged/{i}", "on the side")), merge: side);
            }
            else
            {
                script.Commit(subject, i % 33 == 0 ? null : Change);
            }
        }

        return script;
    }

    private void Grow(CommitScript commit)
    {
        for (var i = 0; i < 200; i++)
        {
            Add(commit);
        }
    }

    private void Change(CommitScript commit)
    {
        // Each path at most once in a commit: git takes the last change of a path, whatever came before.
        var left = new List<byte[]>(_paths);
        for (var n = _random.Next(1, 7); n > 0; n--)
        {
            var chosen = left[_random.Next(left.Count)];
            left.Remove(chosen);
            switch (_random.Next(12))
            {
                case 0 or 1:
                    Add(commit);
                    break;
                case 2 when _paths.Count > 100:
                    _paths.Remove(chosen);
                    commit.Delete(chosen);
                    break;
                case 3:
                    _paths.Remove(chosen);
                    _paths.Add(NewPath());
                    commit.Rename(chosen, _paths[^1]);
                    break;
                case 4:
                    commit.Write(chosen, Content(), CommitScript.Executable);
                    break;
                case 5:
                    commit.Write(chosen, "some/target"u8.ToArray(), CommitScript.Link);
                    break;
                case 6:
                    Turn(commit, _random.Next(Slots));
                    break;
                case 7:
                    commit.Submodule($"modules/{_random.Next(5)}", Convert.ToHexStringLower(Bytes(20)));
                    break;
                default:
                    commit.Write(chosen, Content());
                    break;
            }
        }
    }

    private void Add(CommitScript commit)
    {
        _paths.Add(NewPath());
        commit.Write(_paths[^1], Content());
    }

    private void Turn(CommitScript commit, int slot)
    {
        _ = _slotIsDirectory[slot]
            ? commit.Delete($"slot/{slot}/inner").Write($"slot/{slot}", "a file")
            : commit.Delete($"slot/{slot}").Write($"slot/{slot}/inner", "in a directory");
        _slotIsDirectory[slot] = !_slotIsDirectory[slot];
    }

    private byte[] NewPath()
    {
        var number = _created++;
        var plain = Encoding.UTF8.GetBytes($"d{number % 17}/s{number % 5}/f{number}");
        return (number % 10) switch
        {
            3 => [.. plain, .. " \n\t\"\\"u8],
            6 => [.. plain, 0xFF, 0x80],
            8 => [.. plain, .. "-日本"u8],
            _ => plain,
        };
    }

    private byte[] Content() => _random.Next(8) switch
    {
        0 => [],
        1 or 2 => Bytes(_random.Next(1, 6000)),
        _ => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"line {_random.Next()}\n", _random.Next(1, 200)))),
    };

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
