using System.Text;
using System.Text.Json;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public class ImportGitTests
{
    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Every_version_of_every_path_is_what_git_has(string format)
    {
        using var repository = new TestRepository(format == "sha1" ? Histories.OneOfEach() : Histories.Counting(30), format);

        (await InProcess.RunAsync(repository.Path, "import-git")).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1")).Expect(ExitCode.Ok).Text.Should().Contain("Equal");
    }

    [Fact]
    public async Task Without_a_command_the_repository_around_is_imported()
    {
        using var repository = new TestRepository(Histories.Counting(3));
        var below = Directory.CreateDirectory(Path.Combine(repository.Path, "deep", "down")).FullName;

        (await InProcess.RunAsync(below)).Expect(ExitCode.Ok).Lines[0].Should().StartWith("Imported 3 commits of project");

        File.Exists(repository.DefaultStore).Should().BeTrue();
        GitCommandLine.Run(repository.Path, "status", "--porcelain", "--untracked-files=all").Should().NotContain("mvstore");
    }

    [Fact]
    public async Task Shared_options_alone_import_too()
    {
        using var repository = new TestRepository(Histories.Counting(2));

        var result = (await InProcess.RunAsync(repository.Path, "--json")).Expect(ExitCode.Ok);

        var document = JsonDocument.Parse(result.Output).RootElement;
        document.GetProperty("commits").GetInt32().Should().Be(2);
        document.GetProperty("versions").GetInt32().Should().Be(2);
        document.GetProperty("durableVersion").GetInt32().Should().Be(2);
        document.GetProperty("store").GetString().Should().Be(repository.DefaultStore);
        document.GetProperty("storeBytes").GetInt64().Should().BePositive();
        result.Complaint.Should().BeEmpty();
    }

    [Fact]
    public async Task Commits_that_come_later_are_appended()
    {
        var script = Histories.Counting(5);
        using var repository = new TestRepository(script);
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);
        repository.Extend(script.Commit("later", static c => c.Write("later", "x")));

        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok).Lines[0].Should().StartWith("Imported 1 commit of");
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok).Lines[0].Should().StartWith("Nothing new");

        (await InProcess.RunAsync(repository.Path, "get", "later")).Expect(ExitCode.Ok).Text.Should().Be("x");
        (await InProcess.RunAsync(repository.Path, "verify-git", "--every", "1")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task A_history_that_was_rewritten_is_refused_and_the_store_left_alone()
    {
        using var repository = new TestRepository(Histories.Counting(5));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);
        var before = await StoreDump.DigestAsync(repository.DefaultStore);
        repository.Extend(Histories.OneOfEach());

        var result = (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Store);

        result.Error.Should().Contain("another history").And.Contain("version 5");
        (await StoreDump.DigestAsync(repository.DefaultStore)).Should().Be(before);
    }

    [Fact]
    public async Task A_history_that_became_shorter_is_refused()
    {
        using var repository = new TestRepository(Histories.Counting(5));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "import-git", "--ref", "HEAD~2")).Expect(ExitCode.Store).Error.Should().Contain("holds 5 commits");
    }

    [Fact]
    public async Task Another_revision_goes_to_another_store()
    {
        using var repository = new TestRepository(Histories.Counting(5));

        (await InProcess.RunAsync(repository.Path, "import-git", "--ref", "HEAD~2", "--store", "../three.db")).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "get", "counter", "--store", repository.Beside("three.db"))).Expect(ExitCode.Ok).Text.Should().Be("3");
    }

    [Fact]
    public async Task A_shallow_clone_begins_with_a_whole_tree()
    {
        using var repository = new TestRepository(Histories.Counting(10));
        GitCommandLine.Run(repository.Path, "clone", "--quiet", "--bare", "--depth", "3", $"file://{repository.Path}", repository.Beside("shallow.git"));
        var shallow = repository.Beside("shallow.git");

        var result = (await InProcess.RunAsync(shallow)).Expect(ExitCode.Ok);

        result.Text.Should().Contain("Imported 3 commits of shallow").And.Contain("shallow clone");
        (await InProcess.RunAsync(shallow, "get", "files/1", "--at", "1")).Expect(ExitCode.Ok).Text.Should().Be("written by 1");
        (await InProcess.RunAsync(shallow, "verify-git")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_named_and_what_came_before_stays()
    {
        using var repository = new TestRepository(new HistoryScript()
            .Commit("small", static c => c.Write("small", "x"))
            .Commit("large", static c => c.Write("large\nfile", new byte[5001])));

        var result = (await InProcess.RunAsync(repository.Path, "import-git", "--max-file-bytes", "5000")).Expect(ExitCode.Store);

        result.Error.Should().Contain("version 2").And.Contain("5001 bytes").And.Contain("\"large\\nfile\"");
        (await InProcess.RunAsync(repository.Path, "get", "small")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(repository.Path, "import-git")).Expect(ExitCode.Ok).Lines[0].Should().StartWith("Imported 1 commit of");
    }

    [Fact]
    public async Task A_large_blob_goes_through()
    {
        var large = new byte[40_000_000];
        new Random(1).NextBytes(large);
        using var repository = new TestRepository(new HistoryScript().Commit("large", c => c.Write("large", large)));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);

        (await InProcess.RunAsync(repository.Path, "get", "large")).Expect(ExitCode.Ok).Output.AsSpan().SequenceEqual(large).Should().BeTrue();
    }

    [Fact]
    public async Task A_path_longer_than_a_key_is_refused_by_name()
    {
        var path = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("directory/", 6600)) + "file");
        using var repository = new TestRepository(new HistoryScript().Commit("long", c => c.Write(path, [])));

        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Store).Error.Should().Contain("path has 66004 bytes");
    }

    [Fact]
    public async Task A_store_in_use_is_refused()
    {
        using var repository = new TestRepository(Histories.Counting(2));
        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Ok);
        await using var owner = await StoreDump.OpenAsync(repository.DefaultStore);

        (await InProcess.RunAsync(repository.Path)).Expect(ExitCode.Store).Error.Should().Contain("in use");
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_refused_and_left_alone()
    {
        using var repository = new TestRepository(Histories.Counting(2));
        var file = repository.Beside("letter.txt");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("Dear Charles, ", 100)));
        var before = await File.ReadAllBytesAsync(file);

        (await InProcess.RunAsync(repository.Path, "import-git", "--store", file)).Expect(ExitCode.Store).Error.Should().Contain(file);

        (await File.ReadAllBytesAsync(file)).Should().Equal(before);
    }

    [Fact]
    public async Task A_store_of_another_application_is_refused()
    {
        using var repository = new TestRepository(Histories.Counting(2));
        var file = repository.Beside("other.db");
        await using (var store = await StoreDump.OpenAsync(file))
        {
            await store.CommitAsync(new WriteBatch().Set("key"u8, "value"u8), 1, Durability.Durable);
        }

        (await InProcess.RunAsync(repository.Path, "import-git", "--store", file)).Expect(ExitCode.Store).Error.Should().Contain("no commit record");
    }
}
