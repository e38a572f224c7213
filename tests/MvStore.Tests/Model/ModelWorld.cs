using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>What the operations of one run share: the store, the reference, and what is open on both.</summary>
internal sealed class ModelWorld
{
    private readonly StoreStorage _storage;

    public ModelWorld(ModelSettings settings, StoreStorage storage, StoreFixture fixture)
    {
        _storage = storage;
        Settings = settings;
        Fixture = fixture;
        Reference = new ReferenceStore(settings.Classified ? settings.Classifier : new UniformClassifier());
        Choices = new ModelChoices(settings, Reference, Snapshots);
    }

    public ModelSettings Settings { get; }

    public StoreFixture Fixture { get; }

    public ReferenceStore Reference { get; }

    public ModelChoices Choices { get; }

    public ModelJournal Journal { get; } = new();

    public List<ModelReader> Snapshots { get; } = [];

    public List<ModelPages> Pages { get; } = [];

    public List<ModelStream> Streams { get; } = [];

    public IMultiVersionStore Store => Fixture.Store;

    public bool HasTier => _storage != StoreStorage.None;

    /// <summary>Whether a durable commit is in the commit log, and not yet in the persistent tier.</summary>
    public bool IsLogged => _storage == StoreStorage.LoggedSqlite;

    /// <summary>Whether the tier takes little at once.</summary>
    public bool IsRemote => _storage == StoreStorage.Remote;

    /// <summary>Whoever holds a pin: what reclamation must honour.</summary>
    public IEnumerable<ModelReader> PinHolders => Snapshots.Concat(Streams.Select(s => s.Reader));

    /// <summary>The errors a point read must give because a key's floor is above the reader; null when it must answer.</summary>
    public string[]? Unreadable(ModelReader reader, IReadOnlyCollection<byte[]> keys)
    {
        var above = keys.Where(k => reader.Floors.Of(k) > reader.View.At).ToList();
        var floors = above.SelectMany(k => (ulong[])[reader.Floors.Of(k), Reference.FloorOf(k)]).Distinct();
        return above.Count == 0 ? null : [.. floors.Select(f => AnswerText.BelowFloor(reader.View.At, f))];
    }

    public string[]? Unreadable(ModelReader reader, KeyRange range, CommitVersion after)
    {
        if (reader.Floors.In(range) <= reader.View.At)
        {
            return null;
        }

        var errors = new List<string>
        {
            AnswerText.BelowFloor(reader.View.At, reader.Floors.In(range)),
            AnswerText.BelowFloor(reader.View.At, Reference.Floors.In(range)),
        };
        if (range.IsEmpty || after.Value >= reader.View.At)
        {
            errors.Add("[]");
        }

        return [.. errors];
    }

    public static string Show(KeyRange range)
    {
        var start = range.Start is { } s ? ByteText.Format(s.Span) : "..";
        var end = range.End is { } e ? ByteText.Format(e.Span) : "..";
        return $"{(range.StartInclusive ? '[' : '(')}{start},{end}{(range.EndInclusive ? ']' : ')')}";
    }

    private sealed class UniformClassifier : IKeyClassifier
    {
        public EntryKind Classify(ReadOnlySpan<byte> key) => EntryKind.Multi;
    }
}
