using System.Collections.Concurrent;

namespace MvStore.Buffering;

/// <summary>
/// Counts what is in memory by kind: versions, and the bytes of records, entries and chains, rounded as the heap rounds them. Kinds get numbers, because a
/// record has no room for more. Any thread.
/// </summary>
internal sealed class BufferAccounting(IKeyClassifier classifier)
{
    private readonly ConcurrentDictionary<EntryKind, int> _numbers = new() { [EntryKind.Multi] = 0 };
    private readonly object _gate = new(); // Held by whoever gives out a number.

    // Slots never change; longer arrays take the place of shorter ones. Owner: _gate. Release store; readers acquire.
    private KindCounter[] _counters = [new KindCounter()];

    /// <summary>Versions in memory.</summary>
    public long Versions => Volatile.Read(ref _counters).Sum(c => c.Current.Versions);

    /// <summary>Bytes of records, entries and chains in memory.</summary>
    public long Bytes => Volatile.Read(ref _counters).Sum(c => c.Current.Bytes);

    /// <summary>The figures of each kind that was ever in memory.</summary>
    public IReadOnlyDictionary<EntryKind, KindStatistics> ByKind
    {
        get
        {
            var counters = Volatile.Read(ref _counters);
            return _numbers.Where(n => n.Value < counters.Length && counters[n.Value].WasUsed).ToDictionary(n => n.Key, n => counters[n.Value].Current);
        }
    }

    /// <summary>The number of a key's kind.</summary>
    public int NumberOf(ReadOnlySpan<byte> key)
    {
        var kind = classifier.Classify(key);
        return kind == EntryKind.Multi ? 0 : _numbers.TryGetValue(kind, out var number) ? number : GiveNumber(kind);
    }

    /// <summary>Adds to the figures of a kind, or takes away.</summary>
    public void Add(int number, long versions, long bytes) => Volatile.Read(ref _counters)[number].Add(versions, bytes);

    private int GiveNumber(EntryKind kind)
    {
        lock (_gate)
        {
            if (_numbers.TryGetValue(kind, out var number))
            {
                return number;
            }

            number = _counters.Length;
            if (number > NativeRecord.MaxKinds)
            {
                throw new InvalidOperationException($"A store tells at most {NativeRecord.MaxKinds} kinds of keys apart.");
            }

            Volatile.Write(ref _counters, [.. _counters, new KindCounter()]);
            _numbers[kind] = number;
            return number;
        }
    }
}
