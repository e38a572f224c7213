using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MvStore.Sqlite.Connections;
using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>What is told of the write-ahead log and its checkpoints, by real ones and by planned ones.</summary>
public sealed class CheckpointFiguresTests : IAsyncLifetime
{
    private const int LongLog = 400_000;

    private readonly SqliteLocation _location = new();
    private readonly CheckpointFigures _figures = new();
    private readonly SecondClock _clock = new();
    private Connection _connection = null!;

    public async Task InitializeAsync()
    {
        await (await _location.OpenAsync()).DisposeAsync();
        _connection = Connection.Open(_location.Path, TimeSpan.Zero);
    }

    public async Task DisposeAsync()
    {
        _connection.Dispose();
        await _location.DisposeAsync();
    }

    [Fact]
    public void F6_WhatIsWrittenIsInTheLogUntilACheckpointHasCopiedIt()
    {
        using var transaction = Open();
        Fill(transaction, 10);
        var before = Collect();
        before["frames"].Should().BePositive();
        before["checkpoints complete"].Should().Be(0);

        Fill(transaction, LongLog);
        var after = Collect();
        (after["frames"], after["checkpoints complete"], after["time complete"]).Should().Be((0, 1, 1));
    }

    [Fact]
    public void F6_AReaderThatStaysMakesACheckpointBusyAndLeavesFrames()
    {
        using var transaction = Open();
        Fill(transaction, 10);
        using (var reader = Connection.Open(_location.Path, TimeSpan.Zero))
        {
            reader.Execute("BEGIN");
            reader.Query("SELECT durable_sequence FROM meta");
            Fill(transaction, LongLog);
            var busy = Collect();
            busy["frames"].Should().BeGreaterThan(LongLog / 65_536, "what was written after the reader began stays in the log");
            (busy["checkpoints busy"], busy["checkpoints complete"], busy["time busy"]).Should().Be((1, 0, 1));
        }

        Fill(transaction, 10);
        var done = Collect();
        (done["frames"], done["checkpoints busy"], done["checkpoints complete"]).Should().Be((0, 1, 1));
    }

    [Fact]
    public void D4_ACheckpointThatFailsIsCountedAndLeavesWhatThereWas()
    {
        var fails = true;
        using var transaction = Open(() => fails ? throw new SqliteException("planned", 5) : new CheckpointResult(IsComplete: true, FramesLeft: 0));
        Fill(transaction, LongLog);
        var failed = Collect();
        failed["frames"].Should().BePositive();
        (failed["checkpoints failed"], failed["checkpoints complete"], failed["time failed"]).Should().Be((1, 0, 1));

        fails = false;
        Fill(transaction, 10);
        var done = Collect();
        (done["checkpoints failed"], done["checkpoints complete"]).Should().Be((1, 1), "the one that is made again before the write copied everything");
    }

    [Fact]
    public void F6_WhatAnEarlierOwnerLeftIsInTheLog()
    {
        using (var earlier = Open())
        {
            Fill(earlier, 10);
        }

        var figures = new CheckpointFigures();
        using var later = new WriteTransaction(_connection, _location.Path, LongLog, figures: figures, time: _clock);
        Collect(figures)["frames"].Should().BePositive();
    }

    private WriteTransaction Open(Func<CheckpointResult>? checkpoint = null) => new(_connection, _location.Path, LongLog, checkpoint, figures: _figures, time: _clock);

    private void Fill(WriteTransaction transaction, int bytes)
        => transaction.Run("testing", () =>
        {
            _connection.Execute($"INSERT INTO history SELECT x'61', coalesce(max(version), 0) + 1, 1, zeroblob({bytes}), 0 FROM history");
            return true;
        });

    private Dictionary<string, double> Collect() => Collect(_figures);

    private static Dictionary<string, double> Collect(CheckpointFigures figures)
    {
        using var meter = new Meter(nameof(CheckpointFiguresTests));
        figures.AddTo(meter);
        var collected = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, enabling) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                enabling.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => collected.Add(NameOf(instrument, tags), value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => collected.Add(NameOf(instrument, tags), value));
        listener.Start();
        listener.RecordObservableInstruments();
        return collected;
    }

    private static string NameOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name[(instrument.Name.LastIndexOf('.') + 1)..];
        return tags.IsEmpty ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {tags[0].Value}");
    }

    /// <summary>A clock that goes on by a second each time it is asked.</summary>
    private sealed class SecondClock : TimeProvider
    {
        private long _asked;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _asked++;
    }
}
