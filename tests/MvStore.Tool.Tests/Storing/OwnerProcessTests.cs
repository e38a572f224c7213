using MvStore.Tool.Storing;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Storing;

public sealed class OwnerProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("real")]
    [InlineData("link")]
    public void Whoever_has_the_file_open_is_found_where_the_system_tells(string through)
    {
        Directory.CreateDirectory(_directory.Combine("real"));
        using var open = File.OpenHandle(_directory.Combine("real/a.lock"), FileMode.Create, FileAccess.Write, FileShare.None);
        if (!OperatingSystem.IsLinux())
        {
            OwnerProcess.Find(_directory.Combine("real/a.lock")).Should().BeNull();
            return;
        }

        Directory.CreateSymbolicLink(_directory.Combine("link"), _directory.Combine("real"));

        var owner = OwnerProcess.Find(_directory.Combine($"{through}/a.lock"));

        owner!.Id.Should().Be(Environment.ProcessId);
        owner.Name.Should().NotBeNullOrWhiteSpace().And.NotContain("\n");
    }

    [Fact]
    public void A_file_that_nobody_has_open_has_no_owner()
    {
        File.WriteAllText(_directory.Combine("b.lock"), "");

        OwnerProcess.Find(_directory.Combine("b.lock")).Should().BeNull();
        OwnerProcess.Find(_directory.Combine("none.lock")).Should().BeNull();
    }
}
