namespace MvStore.Conformance;

/// <summary>Drops, and the floors of keys that become of them.</summary>
internal static class InMemoryFloors
{
    /// <summary>Takes note of drops.</summary>
    public static void Add(InMemoryTierStorage storage, IEnumerable<KeyFloor> drops)
    {
        foreach (var (key, version) in drops)
        {
            if (!storage.Pending.TryGetValue(key, out var versions))
            {
                storage.Pending.Add(key.ToArray(), versions = []);
            }

            versions.Add(version);
        }
    }

    /// <summary>Stores the floors of some keys, and forgets what they settle.</summary>
    public static void Settle(InMemoryTierStorage storage, KeyFloorSet floors, IEnumerable<KeyFloor> settled)
    {
        foreach (var (key, version) in settled)
        {
            if (storage.Pending.TryGetValue(key, out var versions) && versions.RemoveWhere(v => v <= version) > 0 && versions.Count == 0)
            {
                storage.Pending.Remove(key);
            }

            var stored = storage.KeyFloors.GetValueOrDefault(key);
            var floor = floors.Of(key.Span);
            if (floor > stored)
            {
                storage.KeyFloors[key.ToArray()] = floor;
            }
            else if (floor == CommitVersion.Zero && stored <= version)
            {
                storage.KeyFloors.Remove(key);
            }
        }
    }
}
