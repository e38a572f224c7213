using MvStore.Reliability.Storage;

namespace MvStore.Reliability.PowerLoss;

/// <summary>
/// What a power cut leaves of a directory. A file's content is on disk when it was synced; names are when the directory was. Of the rest
/// anything may be lost: of contents any part, down to single sectors; of names the last ones of each directory, because file systems keep those in order.
/// </summary>
internal sealed class DiskModel
{
    private readonly Dictionary<string, FileOnDisk> _names;    // as running programs see them
    private readonly Dictionary<string, FileOnDisk> _synced;   // as they are on disk for certain
    private readonly List<Action<Dictionary<string, FileOnDisk>>> _unsynced = [];    // names of the store's directory
    private readonly List<Action<Dictionary<string, FileOnDisk>>> _unsyncedLog = []; // names of the commit log's directory

    public DiskModel(IReadOnlyList<KeyValuePair<string, byte[]>> initial)
    {
        _names = initial.ToDictionary(file => file.Key, file => new FileOnDisk([.. file.Value]));
        _synced = new(_names);
    }

    /// <summary>Whether nothing can be lost.</summary>
    public bool IsSynced => _unsynced.Count == 0 && _unsyncedLog.Count == 0 && _names.Values.All(file => file.IsSynced);

    /// <summary>The directory after all that happened.</summary>
    public static DiskModel After(DiskHistory history)
    {
        var model = new DiskModel(history.Initial);
        foreach (var change in history.Changes)
        {
            model.Apply(change);
        }

        return model;
    }

    /// <summary>The directory as programs see it after all that happened.</summary>
    public static IReadOnlyList<KeyValuePair<string, byte[]>> SeenAfter(DiskHistory history)
        => After(history with { Changes = [.. history.Changes.Where(c => c.Kind != ChangeKind.LoseUnsyncedUnseen)] })
            .Image(Survival.All, new Random(0));

    /// <summary>What is on disk of a file for certain.</summary>
    public byte[] Synced(string name) => _names[name].Synced;

    public void Apply(Change change)
    {
        switch (change.Kind)
        {
            case ChangeKind.Create:
                var file = new FileOnDisk([]);
                Rename(change, names => names[change.File] = file);
                break;
            case ChangeKind.Rename:
                Rename(change, names =>
                {
                    if (names.Remove(change.File, out var moved))
                    {
                        names[change.NewName!] = moved;
                    }
                });
                break;
            case ChangeKind.Delete:
                Rename(change, names => names.Remove(change.File));
                break;
            case ChangeKind.SyncDirectory:
                var unsynced = change.File == LogFolder.Name ? _unsyncedLog : _unsynced;
                unsynced.ForEach(rename => rename(_synced));
                unsynced.Clear();
                break;
            case ChangeKind.Sync:
                _names[change.File].Sync();
                break;
            case ChangeKind.LoseUnsynced:
            case ChangeKind.LoseUnsyncedUnseen:
                _names[change.File].LoseUnsynced();
                break;
            default:
                _names[change.File].Change(change);
                break;
        }
    }

    /// <summary>The directory that a power cut now leaves.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Image(Survival survival, Random random)
    {
        var names = new Dictionary<string, FileOnDisk>(_synced);
        RenameSome(names, _unsynced, Of(survival, isLog: false), random);
        RenameSome(names, _unsyncedLog, Of(survival, isLog: true), random);
        return [.. names.Select(file => KeyValuePair.Create(file.Key, file.Value.Content(Of(survival, LogFolder.Holds(file.Key)), random)))];
    }

    private static Survival Of(Survival survival, bool isLog) => survival switch
    {
        Survival.LogAlone => isLog ? Survival.All : Survival.None,
        Survival.TierAlone => isLog ? Survival.None : Survival.All,
        _ => survival,
    };

    private static void RenameSome(
        Dictionary<string, FileOnDisk> names,
        List<Action<Dictionary<string, FileOnDisk>>> unsynced,
        Survival survival,
        Random random)
    {
        var renamed = survival switch
        {
            Survival.None => 0,
            Survival.All => unsynced.Count,
            _ => random.Next(unsynced.Count + 1),
        };
        unsynced.GetRange(0, renamed).ForEach(rename => rename(names));
    }

    private void Rename(Change change, Action<Dictionary<string, FileOnDisk>> rename)
    {
        rename(_names);
        (LogFolder.Holds(change.File) ? _unsyncedLog : _unsynced).Add(rename);
    }
}
