using MvStore.Tool.Git;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Git;

public class GitRepositoryTests
{
    [Fact]
    public async Task It_is_found_from_a_directory_below()
    {
        using var repository = new TestRepository(Histories.Counting(1));
        var below = Directory.CreateDirectory(Path.Combine(repository.Path, "a", "b")).FullName;

        var found = await GitRepository.FindAsync(below, default);

        found.GitDirectory.Should().Be(Path.Combine(repository.Path, ".git"));
        found.Name.Should().Be("project");
        found.IsShallow.Should().BeFalse();
    }

    [Theory]
    [InlineData("sha1", 40)]
    [InlineData("sha256", 64)]
    public async Task Its_object_format_is_known(string format, int digits)
    {
        using var repository = new TestRepository(Histories.Counting(2), format);

        (await repository.FindAsync()).ObjectFormat.Should().Be(format);
        (await repository.ChainAsync()).Should().OnlyContain(id => id.Length == digits);
    }

    [Fact]
    public async Task A_directory_outside_is_refused()
    {
        using var outside = new TemporaryDirectory();
        var find = () => GitRepository.FindAsync(outside.Path, default);

        await find.Should().ThrowAsync<GitException>().WithMessage("*is not in a git repository*");
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_refused()
    {
        var find = () => GitRepository.FindAsync("/no/such/directory", default);

        await find.Should().ThrowAsync<GitException>().WithMessage("*no directory*");
    }

    [Fact]
    public async Task A_repository_without_commits_is_refused()
    {
        using var repository = new TestRepository();
        var list = repository.ChainAsync;

        await list.Should().ThrowAsync<GitException>().WithMessage("*has no commits yet*");
    }

    [Theory]
    [InlineData("no-such-branch")]
    [InlineData("--all")]
    [InlineData("")]
    public async Task A_revision_that_names_no_commit_is_refused(string reference)
    {
        using var repository = new TestRepository(Histories.Counting(1));
        var found = await repository.FindAsync();
        var list = () => found.ListFirstParentsAsync(reference, default);

        await list.Should().ThrowAsync<GitException>().WithMessage("*names no commit*");
    }

    [Fact]
    public async Task A_linked_work_tree_has_a_git_directory_of_its_own()
    {
        using var repository = new TestRepository(Histories.Counting(3));
        GitCommandLine.Run(repository.Path, "worktree", "add", "--quiet", "--detach", repository.Beside("linked"), "HEAD~1");

        var linked = await GitRepository.FindAsync(repository.Beside("linked"), default);

        linked.GitDirectory.Should().NotBe((await repository.FindAsync()).GitDirectory);
        linked.Name.Should().Be("linked");
        (await linked.ListFirstParentsAsync("HEAD", default)).Should().HaveCount(2);
    }

    [Fact]
    public async Task The_tree_of_a_commit_is_in_byte_order()
    {
        using var repository = new TestRepository(new HistoryScript().Commit(
            "sort", static c => c.Write("a/x", "").Write("a.b", "").Write("a-b", "").Write("a0", "").Submodule("a!", Histories.SubmoduleCommit)));

        var tree = await (await repository.FindAsync()).ListTreeAsync("HEAD", default);

        tree.Select(static e => System.Text.Encoding.UTF8.GetString(e.Path)).Should().Equal("a!", "a-b", "a.b", "a/x", "a0");
        tree[0].Mode.Should().Be(GitMode.Submodule);
        tree[0].Id.Should().Be(Histories.SubmoduleCommit);
    }
}
