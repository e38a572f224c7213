using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Contracts;
using MvStore.Logging;
using MvStore.Tests.Flushing;

namespace MvStore.Tests.Logging;

/// <summary>
/// The log over a simulated disk, without threads: each step of the writer is taken by hand, and the persistent tier is a number. Remembers after how many
/// operations of the disk what was acknowledged.
/// </summary>
internal sealed class LogHarness : IDisposable
{
    public const int SegmentBytes = 16 * 1024;

    private readonly NativeRows _rows = new();
    private readonly List<string> _published = [];
    private readonly List<CommitVersion> _highest = [];
    private readonly List<(int Operations, ulong Sequence)> _acknowledged = [];
    private readonly List<(int Operations, ulong Sequence, CommitVersion Highest)> _flushed = [];

    /// <param name="disk">The disk.</param>
    /// <param name="before">The run that left the disk behind, if there was one.</param>
    /// <param name="operations">After how many of its operations.</param>
    /// <param name="options">The log's settings.</param>
    public LogHarness(SimulatedDisk disk, LogHarness? before = null, int operations = int.MaxValue, CommitLogOptions? options = null)
    {
        Disk = disk;
        if (before is not null)
        {
            _published.AddRange(before._published);
            _highest.AddRange(before._highest);
            Tier = before.TierWithin(operations);
        }

        Log = CommitLog.Open(disk.Open(), Tier, options ?? Options, new FlushOptions(), () => FlushRequests++, Failure, Time, NullLogger.Instance);
        Sequence = Log.Recovered.Sequence;
        Highest = Log.Recovered.Highest;
        _published.RemoveRange((int)Sequence, _published.Count - (int)Sequence);
        _highest.RemoveRange((int)Sequence, _highest.Count - (int)Sequence);
        _flushed.Add((0, Tier.DurableSequence, Tier.HighestVersion));

        // What anybody may have been told by then, whoever waits.
        disk.Watch = () => _acknowledged.Add((disk.Operations.Count, Math.Max(Tier.DurableSequence, Log.Durable.Sequence)));
    }

    public static CommitLogOptions Options => new() { SegmentBytes = SegmentBytes, MaxBytes = 8 * SegmentBytes, OnDamage = CommitLogDamage.Refuse };

    public SimulatedDisk Disk { get; }

    public CommitLog Log { get; }

    public FailureLatch Failure { get; } = new();

    public HurriedTime Time { get; } = new();

    public TierState Tier { get; private set; } = new(0, CommitVersion.Zero, FloorSet.None) { Identity = 7 };

    public int FlushRequests { get; private set; }

    public ulong Sequence { get; private set; }

    public CommitVersion Highest { get; private set; }

    /// <summary>What was published, as texts; the first has the sequence 1.</summary>
    public IReadOnlyList<string> Published => _published;

    /// <summary>Publishes a commit of sets, with one tombstone and one drop.</summary>
    public void Publish(int values, int valueBytes, ulong? version = null)
    {
        var at = version ?? Highest.Value + 1;
        var random = new Random((int)Sequence + 1);
        var rows = new List<BufferedRow>();
        var deltas = new List<Delta>();
        for (var i = 0; i < values; i++)
        {
            var value = new byte[valueBytes];
            random.NextBytes(value);
            Add([(byte)i, (byte)Sequence], value);
        }

        Add([0xEE], null);
        KeyFloor[] drops = [new KeyFloor(new byte[] { 0xDD, (byte)Sequence }, at)];
        deltas.Add(new Delta(DeltaKind.Drop, drops[0].Key, default));
        Sequence++;
        var commit = new PreparedCommit(at, [], rows.Count, drops.Length)
        {
            Bytes = deltas.Sum(d => (long)d.Key.Length + d.Value.Length),
            Drops = drops,
            Rows = [.. rows],
        };
        commit.Stamp(Sequence);
        Highest = Math.Max(Highest.Value, at);
        _highest.Add(Highest);
        _published.Add(LogText.Of(Sequence, at, deltas));
        Log.Queue.Add(commit);

        void Add(byte[] key, byte[]? value)
        {
            rows.Add(_rows.Add(key, at, Sequence + 1, value));
            deltas.Add(new Delta(value is null ? DeltaKind.Remove : DeltaKind.Set, key, value));
        }
    }

    /// <summary>Lets the writer take a step.</summary>
    public void Step() => Log.Writer.Step().Should().BeTrue();

    /// <summary>Waits for everything published to be on disk, and remembers when it was acknowledged.</summary>
    public void Acknowledge()
    {
        var durable = Log.Durable.WaitAsync(Sequence, Highest, default).AsTask();
        Step();
        durable.IsCompletedSuccessfully.Should().BeTrue();
        _acknowledged.Add((Disk.Operations.Count, Sequence));
    }

    /// <summary>Lets a committer lead for everything published, and remembers when it was acknowledged.</summary>
    public void Lead()
    {
        Log.Durable.Bring(Sequence);
        Log.Durable.Sequence.Should().Be(Sequence);
        _acknowledged.Add((Disk.Operations.Count, Sequence));
    }

    /// <summary>A planted fault: acknowledges what was only handed to the operating system.</summary>
    public void AcknowledgeTooEarly()
    {
        Step();
        _acknowledged.Add((Disk.Operations.Count, Sequence));
    }

    /// <summary>A planted fault: lets files be used again although the persistent tier took nothing.</summary>
    public void ReleaseTooEarly() => Log.Barrier.Release(Sequence);

    /// <summary>The persistent tier takes everything that the log has been given, but for the last few commits.</summary>
    public void Flush(int behind = 0)
    {
        Log.Written.Sequence.Should().Be(Sequence);
        var flushed = Sequence - (ulong)behind;
        var highest = _highest[(int)flushed - 1];
        Tier = Tier with { DurableSequence = flushed, HighestVersion = highest };
        _flushed.Add((Disk.Operations.Count, flushed, highest));
        Log.Barrier.Release(flushed);
    }

    /// <summary>The last publication acknowledged within some operations of the disk.</summary>
    public ulong AcknowledgedWithin(int operations)
        => _acknowledged.Where(a => a.Operations <= operations).Select(a => a.Sequence).DefaultIfEmpty().Max();

    /// <summary>What the persistent tier had after some operations of the disk.</summary>
    public TierState TierWithin(int operations)
    {
        var (_, sequence, highest) = _flushed.Last(f => f.Operations <= operations);
        return Tier with { DurableSequence = sequence, HighestVersion = highest };
    }

    public void Dispose()
    {
        Log.Dispose();
        _rows.Dispose();
    }
}
