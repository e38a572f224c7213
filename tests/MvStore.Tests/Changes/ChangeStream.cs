using System.Globalization;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>One consumer of a change feed, in texts: <c>3@20 a=1 b=-</c> is publication 3 at version 20, which set a and removed b; <c>a=1(0)</c> had 0 before.</summary>
internal sealed class ChangeStream : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChangeCommit> _commits;

    public ChangeStream(IMultiVersionStore store, ChangePosition after, ChangeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        Position = after;
        _commits = store.ReadChangesAsync(after, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>Behind what was read.</summary>
    public ChangePosition Position { get; private set; }

    /// <summary>Reads one commit.</summary>
    public async Task<string> NextAsync()
    {
        (await _commits.MoveNextAsync().Guarded()).Should().BeTrue("a change feed does not end by itself");
        _commits.Current.Position.Sequence.Should().BeGreaterThan(Position.Sequence);
        Position = _commits.Current.Position;
        return Show(_commits.Current);
    }

    /// <summary>Reads some commits.</summary>
    public async Task<List<string>> NextAsync(int count)
    {
        var read = new List<string>();
        while (read.Count < count)
        {
            read.Add(await NextAsync());
        }

        return read;
    }

    /// <summary>Reads up to a publication, which has changes.</summary>
    public async Task<List<string>> ReadToAsync(ulong sequence)
    {
        var read = new List<string>();
        while (Position.Sequence < sequence)
        {
            read.Add(await NextAsync());
        }

        Position.Sequence.Should().Be(sequence);
        return read;
    }

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    public static string Show(ChangeCommit commit)
        => string.Join(' ', commit.Changes.Select(Show).Prepend(string.Create(CultureInfo.InvariantCulture, $"{commit.Position.Sequence}@{commit.Version}")));

    private static string Show(KeyChange change)
    {
        (change.Kind == KeyChangeKind.Remove && change.Value is not null).Should().BeFalse();
        var old = change.OldValue is { } before ? $"({Bytes.Text(before)})" : string.Empty;
        return $"{Bytes.Text(change.Key)}={(change.Kind == KeyChangeKind.Remove ? "-" : Bytes.Text(change.Value ?? default))}{old}";
    }
}
