using MvStore.Tool.Git;

namespace MvStore.Tool.Tests.Git;

public class BlobHasherTests
{
    [Theory]
    [InlineData("sha1", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")]
    [InlineData("sha256", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813")]
    public void The_empty_blob_has_the_name_git_gives_it(string format, string name)
    {
        using var hasher = new BlobHasher(format);

        hasher.Name([]).Should().Be(name);
        hasher.Name([]).Should().Be(name, "the hash starts anew each time");
    }

    [Fact]
    public void An_unknown_format_is_refused()
        => FluentActions.Invoking(() => new BlobHasher("md5")).Should().Throw<GitException>();
}
