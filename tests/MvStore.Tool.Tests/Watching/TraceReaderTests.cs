using MvStore.Tool.Tests.Fixtures;
using MvStore.Tool.Watching;

namespace MvStore.Tool.Tests.Watching;

public class TraceReaderTests
{
    private static readonly TraceScript Script = new TraceScript()
        .Shape("First", (18, "text"), (9, "number"), (11, "large"), (14, "fraction"))
        .Shape("Second", (18, "text"), (16, "moment"), (18, "behind"))
        .Events(("First", ["one", 1, 1L << 40, 0.25]), ("Second", ["two", 5L, "lost"]))
        .Shape("Third")
        .Events(("Third", []), ("First", ["", -1, -1L, -0.5]))
        .End();

    [Fact]
    public async Task Events_are_read_with_the_fields_that_are_understood()
    {
        var events = await ReadAsync(Script.Bytes);

        events.Select(static e => e.Name).Should().Equal("First", "Second", "Third", "First");
        events[0].Fields.Should().Equal(new Dictionary<string, string>
        {
            ["text"] = "one",
            ["number"] = "1",
            ["large"] = "1099511627776",
            ["fraction"] = "0.25",
        });
        events[1].Fields.Should().Equal(new Dictionary<string, string> { ["text"] = "two" });
        events[1]["behind"].Should().BeEmpty();
        events[3]["text"].Should().BeEmpty();
        events[3]["number"].Should().Be("-1");
    }

    [Fact]
    public async Task A_trace_that_is_cut_off_anywhere_is_an_end_and_nothing_else()
    {
        var whole = Script.Bytes;
        for (var length = 0; length < whole.Length; length++)
        {
            var reading = () => ReadAsync(whole[..length]);

            await reading.Should().ThrowAsync<EndOfStreamException>("of {0} bytes", length);
        }
    }

    [Fact]
    public async Task A_trace_that_is_damaged_anywhere_is_read_ends_or_is_refused()
    {
        var refused = 0;
        for (var at = 0; at < Script.Bytes.Length; at++)
        {
            var damaged = Script.Bytes;
            damaged[at] ^= 0x55;
            try
            {
                (await ReadAsync(damaged)).Count.Should().BeLessThan(1_000);
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                refused++;
            }
        }

        refused.Should().BeGreaterThan(60);
    }

    [Fact]
    public async Task What_is_no_trace_is_refused()
    {
        var reading = () => ReadAsync("HTTP/1.1 400 Bad Request and more of that"u8.ToArray());

        await reading.Should().ThrowAsync<InvalidDataException>();
    }

    private static async Task<List<TraceEvent>> ReadAsync(byte[] bytes)
    {
        var events = new List<TraceEvent>();
        using var stream = new MemoryStream(bytes);
        await foreach (var found in new TraceReader(new TraceStream(stream)).ReadAsync(CancellationToken.None))
        {
            events.Add(found);
        }

        return events;
    }
}
