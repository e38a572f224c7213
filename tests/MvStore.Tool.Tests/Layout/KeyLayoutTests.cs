using MvStore.Tool.Layout;

namespace MvStore.Tool.Tests.Layout;

public class KeyLayoutTests
{
    [Fact]
    public void Keys_are_a_prefix_and_exact_bytes()
    {
        KeyLayout.File([0xFF, (byte)'\n']).Should().Equal((byte)'f', (byte)'/', 0xFF, (byte)'\n');
        KeyLayout.Mode("a/b"u8).Should().Equal("m/a/b"u8.ToArray());
        KeyLayout.Commit(258).Should().Equal((byte)'c', (byte)'/', 0, 0, 0, 0, 0, 0, 1, 2);
        KeyLayout.PathOf(KeyLayout.File("a/b"u8)).ToArray().Should().Equal("a/b"u8.ToArray());
    }

    [Fact]
    public void Commits_sort_by_version()
        => KeyLayout.Commit(255).AsSpan().SequenceCompareTo(KeyLayout.Commit(256)).Should().BeNegative();
}
