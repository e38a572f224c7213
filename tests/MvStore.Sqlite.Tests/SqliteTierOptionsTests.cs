namespace MvStore.Sqlite.Tests;

public sealed class SqliteTierOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(":memory:")]
    [InlineData(":MEMORY:")]
    [InlineData("file:store.db?mode=memory")]
    [InlineData("FILE:/store.db")]
    public void PathsThatNameNoFileAreRefused(string path)
    {
        FluentActions.Invoking(() => new SqliteTierOptions(path)).Should().Throw<ArgumentException>().WithParameterName(nameof(path));
        FluentActions.Invoking(() => new MvStoreBuilder().UseSqlite(path)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void ThePathIsMadeAbsolute()
        => new SqliteTierOptions("store.db").Path.Should().Be(Path.Combine(Environment.CurrentDirectory, "store.db"));

    [Fact]
    public void DefaultsAreTheDocumentedOnes()
    {
        var options = new SqliteTierOptions("store.db");
        options.PageBytes.Should().Be(16_384);
        options.WriteCacheBytes.Should().Be(67_108_864);
        options.ReadCacheBytes.Should().Be(16_777_216);
        options.MaxReadConnections.Should().Be(4);
        options.CheckpointBytes.Should().Be(16_777_216);
        options.MapBytes.Should().Be(0);
        options.BusyTimeout.Should().Be(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void ValuesOutOfRangeAreRefused()
    {
        var options = new SqliteTierOptions("store.db");
        Action<SqliteTierOptions>[] wrong =
        [
            o => o.PageBytes = 256, o => o.PageBytes = 131_072, o => o.PageBytes = 5_000, o => o.WriteCacheBytes = 1_048_575,
            o => o.ReadCacheBytes = 0, o => o.MaxReadConnections = 0, o => o.MaxReadConnections = 65, o => o.CheckpointBytes = -1, o => o.MapBytes = -1,
            o => o.BusyTimeout = TimeSpan.FromTicks(-1), o => o.BusyTimeout = TimeSpan.FromHours(2),
        ];
        foreach (var set in wrong)
        {
            options.Invoking(set).Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public void UseSqliteConfiguresAndTouchesNoFile()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        SqliteTierOptions? seen = null;
        var builder = new MvStoreBuilder();
        builder.UseSqlite(path, o => seen = o).Should().BeSameAs(builder);
        seen!.Path.Should().Be(path);
        File.Exists(path).Should().BeFalse();
    }
}
