using MvStore.Buffering;

namespace MvStore.Tests.Buffering;

/// <summary>Threads that change one index while others read it. Bounded by numbers of operations.</summary>
public sealed class OrderedIndexStressTests
{
    private const int Writers = 3;
    private const int Readers = 3;
    private const int OwnKeys = 400;
    private const int SharedKeys = 40;
    private const int Operations = 40_000;
    private const int Scans = 150;

    private readonly OrderedIndex<KeyOnlyRecord> _index = new(fanOut: 8);
    private readonly KeyOnlyRecord[] _permanent;

    // How often a shared key entered the index, less how often it left. By key number; changed with Interlocked.
    private readonly int[] _shared = new int[SharedKeys];

    public OrderedIndexStressTests()
        => _permanent = [.. Enumerable.Range(0, OwnKeys).Select(n => _index.GetOrAdd(Key(n, owner: 0), static k => new KeyOnlyRecord(k)))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Readers_see_an_ordered_set_with_all_that_is_permanent(int seed)
    {
        var owned = new KeyOnlyRecord?[Writers][];
        var threads = new List<Task>();
        for (var i = 0; i < Writers; i++)
        {
            var writer = i;
            owned[writer] = new KeyOnlyRecord?[OwnKeys];
            threads.Add(OnThread(() => Write(new Random((seed * 100) + writer), owner: writer + 1, owned[writer])));
        }

        for (var i = 0; i < Readers; i++)
        {
            var reader = i;
            threads.Add(OnThread(() => Read(new Random((seed * 100) + 50 + reader))));
        }

        FluentActions.Invoking(() => Task.WaitAll([.. threads])).Should().NotThrow("seed {0}", seed);
        VerifyEnd(owned);
    }

    private static Task OnThread(Action action)
        => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Keys of all owners stand between each other, so that every leaf has several.</summary>
    private static byte[] Key(int number, int owner) => [(byte)(number >> 8), (byte)number, (byte)owner];

    private void Write(Random random, int owner, KeyOnlyRecord?[] owned)
    {
        for (var i = 0; i < Operations; i++)
        {
            if (random.Next(4) == 0)
            {
                ChangeShared(random.Next(SharedKeys), owner);
            }
            else
            {
                ChangeOwn(random.Next(OwnKeys), owner, owned);
            }
        }
    }

    private void ChangeOwn(int number, int owner, KeyOnlyRecord?[] owned)
    {
        var key = Key(number, owner);
        ReferenceEquals(_index.Find(key), owned[number]).Should().BeTrue("nobody else changes the key");
        if (owned[number] is { } present)
        {
            ReferenceEquals(_index.GetOrAdd(key, static k => new KeyOnlyRecord(k)), present).Should().BeTrue("it is there");
            _index.Remove(present).Should().BeTrue("nobody else removes it");
            owned[number] = null;
        }
        else
        {
            owned[number] = _index.GetOrAdd(key, static k => new KeyOnlyRecord(k));
            ReferenceEquals(owned[number]!.Key, key).Should().BeTrue("nobody else adds it");
        }
    }

    private void ChangeShared(int number, int owner)
    {
        var key = Key(number * (OwnKeys / SharedKeys), owner: 0xFF);
        if (owner % 2 == 0)
        {
            var record = _index.GetOrAdd(key, static k => new KeyOnlyRecord(k));
            Interlocked.Add(ref _shared[number], ReferenceEquals(record.Key, key) ? 1 : 0);
        }
        else if (_index.Find(key) is { } found)
        {
            Interlocked.Add(ref _shared[number], _index.Remove(found) ? -1 : 0);
        }
        else
        {
            var record = _index.GetOrAdd(key, static k => new KeyOnlyRecord(k));
            Interlocked.Add(ref _shared[number], ReferenceEquals(record.Key, key) ? 1 : 0);
        }
    }

    private void Read(Random random)
    {
        for (var scan = 0; scan < Scans; scan++)
        {
            for (var i = 0; i < 100; i++)
            {
                var number = random.Next(OwnKeys);
                ReferenceEquals(_index.Find(Key(number, owner: 0)), _permanent[number]).Should().BeTrue("it is never removed");
            }

            var low = random.Next(OwnKeys);
            var high = random.Next(low, OwnKeys);
            var range = KeyRange.Between(Key(low, owner: 0), true, Key(high, owner: 0), true);
            VerifyScan(range, low, high, (ScanDirection)(scan % 2));
        }
    }

    private void VerifyScan(KeyRange range, int low, int high, ScanDirection direction)
    {
        var cursor = _index.Seek(range, direction);
        var step = direction == ScanDirection.Forward ? 1 : -1;
        var awaited = step > 0 ? low : high;
        byte[]? previous = null;
        while (cursor.MoveNext())
        {
            var key = cursor.Current.Key;
            if (previous is not null && BytewiseComparer.Instance.Compare(key, previous) * step <= 0)
            {
                Assert.Fail($"{Convert.ToHexString(key)} comes after {Convert.ToHexString(previous)}, {direction}");
            }

            if (key[2] == 0)
            {
                ReferenceEquals(cursor.Current, _permanent[awaited]).Should().BeTrue("no permanent row is left out");
                awaited += step;
            }

            previous = key;
        }

        awaited.Should().Be(step > 0 ? high + 1 : low - 1, "the scan goes to the end");
    }

    private void VerifyEnd(KeyOnlyRecord?[][] owned)
    {
        _index.CheckInvariants();
        for (var number = 0; number < SharedKeys; number++)
        {
            var present = _index.Find(Key(number * (OwnKeys / SharedKeys), owner: 0xFF)) is null ? 0 : 1;
            _shared[number].Should().Be(present, "each entrance and each leave of a key was told to exactly one thread");
        }

        for (var writer = 0; writer < Writers; writer++)
        {
            for (var number = 0; number < OwnKeys; number++)
            {
                ReferenceEquals(_index.Find(Key(number, writer + 1)), owned[writer][number]).Should().BeTrue();
            }
        }

        _index.Count.Should().Be(OwnKeys + _shared.Sum() + owned.Sum(own => own.Count(record => record is not null)));
    }
}
