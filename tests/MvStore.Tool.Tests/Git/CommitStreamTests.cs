using System.Text;
using MvStore.Tool.Git;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Git;

public class CommitStreamTests
{
    [Fact]
    public async Task The_first_commit_adds_its_whole_tree()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        var commits = await ReadAsync(repository);

        commits[0].Changes.Select(static c => Encoding.UTF8.GetString(c.Path)).Should().BeEquivalentTo("a.txt", "empty", "dir", "bin");
        commits[0].Changes.Should().OnlyContain(static c => c.OldMode == GitMode.None && c.NewMode == GitMode.Regular && c.NeedsBlob);
    }

    [Fact]
    public async Task Authors_times_and_subjects_come_through_as_git_has_them()
    {
        using var repository = new TestRepository(new HistoryScript()
            .Commit("Sübject of\ntwo lines\n\nand a body", author: "Ünï \"x\" <a@b>"));

        var commit = (await ReadAsync(repository))[0].Commit;

        commit.Id.Should().Be((await repository.ChainAsync())[0]);
        Encoding.UTF8.GetString(commit.Subject).Should().Be("Sübject of two lines");
        Encoding.UTF8.GetString(commit.AuthorName).Should().Be("Ünï \"x\"");
        Encoding.UTF8.GetString(commit.AuthorEmail).Should().Be("a@b");
        commit.Time.Should().Be("1700000060 +0130");
    }

    [Fact]
    public async Task A_merge_is_compared_with_its_first_parent_only()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        var commits = await ReadAsync(repository);

        commits.Should().HaveCount(13);
        commits[7].Changes.Should().ContainSingle().Which.Path.Should().Equal("side.txt"u8.ToArray());
    }

    [Fact]
    public async Task Odd_paths_keep_their_bytes()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        (await ReadAsync(repository))[1].Changes.Should().ContainSingle().Which.Path.Should().Equal(Histories.OddPath);
    }

    [Fact]
    public async Task A_rename_is_a_deletion_and_an_addition()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        var rename = (await ReadAsync(repository))[9].Changes;

        rename.Should().HaveCount(2);
        rename.Should().ContainSingle(static c => c.IsDeletion).Which.OldMode.Should().Be(GitMode.Executable);
        rename.Should().ContainSingle(static c => c.OldMode == GitMode.None).Which.NewMode.Should().Be(GitMode.Executable);
    }

    [Fact]
    public async Task A_change_of_mode_alone_needs_no_blob()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        (await ReadAsync(repository))[3].Changes.Should().ContainSingle().Which.NeedsBlob.Should().BeFalse();
    }

    [Fact]
    public async Task A_commit_without_changes_is_a_commit()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        var commits = await ReadAsync(repository);

        commits[8].Changes.Should().BeEmpty();
        Encoding.UTF8.GetString(commits[8].Commit.Subject).Should().Be("nothing at all");
    }

    [Fact]
    public async Task Reading_may_begin_anywhere_and_gives_the_same_commits()
    {
        using var repository = new TestRepository(Histories.OneOfEach());

        var all = await ReadAsync(repository);
        var tail = await ReadAsync(repository, first: 5);

        tail.Should().BeEquivalentTo(all.Skip(5), static o => o.WithStrictOrdering());
    }

    [Fact]
    public async Task Settings_of_the_repository_change_nothing()
    {
        using var repository = new TestRepository(Histories.OneOfEach());
        var before = await ReadAsync(repository);
        string[] settings =
        [
            "diff.renames=copies", "diff.ignoreSubmodules=all", "diff.relative=true", "log.showRoot=false", "log.showSignature=true",
            "log.diffMerges=off", "log.date=relative", "i18n.logOutputEncoding=ISO-8859-1", "color.ui=always", "core.quotePath=true",
            "diff.noprefix=true", "format.pretty=oneline", "core.abbrev=4",
        ];
        foreach (var setting in settings)
        {
            GitCommandLine.Run(repository.Path, ["config", .. setting.Split('=')]);
        }

        (await ReadAsync(repository)).Should().BeEquivalentTo(before, static o => o.WithStrictOrdering());
    }

    private static async Task<List<CommitChanges>> ReadAsync(TestRepository repository, int first = 0)
    {
        var found = await repository.FindAsync();
        var commits = new List<CommitChanges>();
        await foreach (var commit in new CommitStream(found).ReadAsync(await repository.ChainAsync(), first, withChanges: true, default))
        {
            commits.Add(commit);
        }

        return commits;
    }
}
