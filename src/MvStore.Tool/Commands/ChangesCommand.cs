using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using MvStore.Tool.Rendering;
using MvStore.Tool.Rendering.Json;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>Tells the commits of a store in the order in which they were published.</summary>
internal sealed class ChangesCommand : ToolCommand
{
    private const string Summary =
        """
        Tell what each commit of a store changed, in the order of publication, up to its end. A late commit comes where it was published, behind higher versions. With --json each commit is one line. The store remembers that positions were told.

        Examples:
          mvstore changes shop.db                     all that is kept
          mvstore changes shop.db --last 10           the last ten commits
          mvstore changes shop.db --from 100 --old    from the first commit at or above version 100 on, with sizes from before
          mvstore changes shop.db --values --json     with all values, for other programs
        """;

    private readonly Argument<string?> _file = StoreArgument.Create();
    private readonly Option<ChangePosition?> _after = new("--after")
    {
        Description = "Go on behind this position, as it was told. Default: the oldest that is kept.",
        HelpName = "position",
        CustomParser = ParsePosition,
    };

    private readonly Option<ulong?> _from = new("--from")
    {
        Description = "Begin with the first commit at or above this version.",
        HelpName = "version",
        CustomParser = static result => Numbers.Parse(result, 1, long.MaxValue),
    };

    private readonly Option<ulong?> _last = new("--last")
    {
        Description = "Only so many commits, the last ones.",
        HelpName = "count",
        CustomParser = static result => Numbers.Parse(result, 1, 1_000_000),
    };

    private readonly Option<bool> _values = new("--values") { Description = "With --json: with new values." };
    private readonly Option<bool> _old = new("--old") { Description = "With what was there before: its size, with --json its bytes." };

    public ChangesCommand(ToolHost host, SharedOptions shared)
        : base("changes", Summary, host, shared)
    {
        Add(_file);
        Add(_after);
        Add(_from);
        Add(_last);
        Add(_values);
        Add(_old);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(_file) is { Length: > 0 } named ? new StoreFile(Host.Absolute(named)) : await FindStoreAsync(parsed, cancellationToken);
        await using var store = await file.OpenAsync(Host, cancellationToken);
        var after = parsed.GetValue(_after) ?? (await store.GetChangeBoundsAsync(cancellationToken)).Oldest;
        var options = new ChangeReadOptions { Follow = false, IncludeOldValues = parsed.GetValue(_old) };
        var from = parsed.GetValue(_from) ?? 0;
        var last = parsed.GetValue(_last);
        var waiting = new Queue<ChangeCommit>();
        try
        {
            await foreach (var commit in store.ReadChangesAsync(after, options, cancellationToken))
            {
                if (commit.Version < from)
                {
                    continue;
                }

                from = 0;
                if (last is null)
                {
                    Write(parsed, commit);
                    continue;
                }

                waiting.Enqueue(commit);
                if ((ulong)waiting.Count > last)
                {
                    waiting.Dequeue();
                }
            }
        }
        catch (MvStoreException e) when (e is ChangesReclaimedException or UnknownChangePositionException)
        {
            throw new ToolException(ExitCode.Negative, e.Message, e);
        }

        foreach (var commit in waiting)
        {
            Write(parsed, commit);
        }

        return ExitCode.Ok;
    }

    private static ChangePosition? ParsePosition(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (ChangePosition.TryParse(text, out var position))
        {
            return position;
        }

        result.AddError($"'{text}' is not a position: letters, digits and a hyphen, as this command tells them.");
        return null;
    }

    private void Write(ParseResult parsed, ChangeCommit commit)
    {
        if (IsJson(parsed))
        {
            Host.Text.WriteLine(JsonSerializer.Serialize(Describe(commit, parsed.GetValue(_values)), LineJson.Default.ChangeDocument));
            return;
        }

        Host.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"version {commit.Version}, publication {commit.Position.Sequence}, position {commit.Position}"));
        foreach (var change in commit.Changes)
        {
            var value = change.Value is { } now ? $"  {Figures.Size(now.Length)}" : "";
            var old = change.OldValue is { } before ? $"  before: {Figures.Size(before.Length)}" : "";
            Host.Text.WriteLine($"  {NameOf(change.Kind),-6}  {PathText.Quote(change.Key.Span)}{value}{old}");
        }
    }

    private static ChangeDocument Describe(ChangeCommit commit, bool withValues) => new()
    {
        Position = commit.Position.ToString(),
        Sequence = commit.Position.Sequence,
        Version = commit.Version.Value,
        Changes =
        [
            .. commit.Changes.Select(change => new KeyChangeDocument
            {
                Kind = NameOf(change.Kind),
                KeyBase64 = change.Key.ToArray(),
                ValueBase64 = withValues ? change.Value?.ToArray() : null,
                OldValueBase64 = change.OldValue?.ToArray(),
            }),
        ],
    };

    private static string NameOf(KeyChangeKind kind) => kind == KeyChangeKind.Set ? "set" : "remove";
}
