using MvStore.Tool.Rendering;
using MvStore.Tool.Watching;

namespace MvStore.Tool.Tests.Rendering;

public class TopViewTests
{
    [Fact]
    public async Task A_pipe_gets_aligned_lines_without_what_is_nothing()
    {
        var lines = await ShowAsync(
            new StoreReading(
                "shop",
                [
                    new InstrumentReading("mvstore.commits", "", "{commit}", 12_345, 250.25, ""),
                    new InstrumentReading("mvstore.durable.lag", "", "{commit}", 0, null, ""),
                    new InstrumentReading("mvstore.flush.duration", "mvstore.flush.trigger=age,mvstore.flush.outcome=completed", "s", 20, 10, "0.5=0.25;0.95=0.5"),
                    new InstrumentReading("mvstore.memory.usage", "", "By", 1_572_864, null, ""),
                    new InstrumentReading("mvstore.stalls", "mvstore.stall.reason=memory", "{stall}", 0, 0, ""),
                ]));

        lines.Should().Equal(
            "shop in process 12",
            "instrument      of              value                    per second",
            "commits                         12,345                   250",
            "durable.lag                     0",
            "flush.duration  age, completed  50 % 0.25 s, 95 % 0.5 s  10",
            "memory.usage                    1.5 MiB");
    }

    [Fact]
    public async Task Each_store_has_a_table_and_no_name_moves_the_cursor()
    {
        var reading = new InstrumentReading("other\u001b[2J", "key=\u001b[2J", "s", 1.5, null, "");

        var lines = await ShowAsync(new StoreReading("a\u001b[2J", [reading]), new StoreReading("b", [reading]));

        lines.Where(static l => l.EndsWith("in process 12", StringComparison.Ordinal)).Should().Equal("a\uFFFD[2J in process 12", "b in process 12");
        string.Concat(lines).Where(char.IsControl).Should().BeEmpty();
        lines[^1].Should().EndWith("1.5 s");
    }

    private static async Task<string[]> ShowAsync(params StoreReading[] stores)
    {
        var text = new StringWriter { NewLine = "\n" };
        await new TopView(new ToolHost(".", Stream.Null, text, false, TextWriter.Null, false, TimeProvider.System), 12).ShowAsync(stores, CancellationToken.None);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
