using MvStore.Tool.Git;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Git;

public class BlobStreamTests
{
    [Fact]
    public async Task Blobs_come_in_the_order_they_were_asked_for()
    {
        using var repository = new TestRepository(Histories.OneOfEach());
        var found = await repository.FindAsync();
        var tree = await found.ListTreeAsync("HEAD~12", default);
        await using var blobs = new BlobStream(found);
        await blobs.RequestAsync(tree.Select(static e => e.Id), default);

        foreach (var entry in tree)
        {
            var content = new byte[await blobs.ReadSizeAsync(entry.Id, default)];
            await blobs.ReadContentAsync(content, default);
            using var hasher = new BlobHasher("sha1");
            hasher.Name(content).Should().Be(entry.Id);
        }
    }

    [Fact]
    public async Task A_missing_blob_is_named()
    {
        using var repository = new TestRepository(Histories.Counting(1));
        await using var blobs = new BlobStream(await repository.FindAsync());
        await blobs.RequestAsync([Histories.SubmoduleCommit], default);
        var read = async () => await blobs.ReadSizeAsync(Histories.SubmoduleCommit, default);

        await read.Should().ThrowAsync<GitException>().WithMessage($"*lacks the blob {Histories.SubmoduleCommit}*");
    }
}
