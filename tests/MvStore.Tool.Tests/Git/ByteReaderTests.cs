using MvStore.Tool.Git;

namespace MvStore.Tool.Tests.Git;

public class ByteReaderTests
{
    [Fact]
    public async Task Tokens_and_blocks_of_any_size_are_read_in_turn()
    {
        var large = new byte[300_000];
        Random.Shared.NextBytes(large);
        byte[] stream = [.. "first\0\0"u8, .. large, .. "last\0"u8];
        var reader = new ByteReader(new MemoryStream(stream));

        (await reader.ReadUntilAsync(0, default))!.Value.ToArray().Should().Equal("first"u8.ToArray());
        (await reader.ReadUntilAsync(0, default))!.Value.Length.Should().Be(0);
        var block = new byte[large.Length];
        await reader.ReadExactlyAsync(block, default);
        block.Should().Equal(large);
        (await reader.ReadUntilAsync(0, default))!.Value.ToArray().Should().Equal("last"u8.ToArray());
        (await reader.ReadUntilAsync(0, default)).Should().BeNull();
    }

    [Fact]
    public async Task A_token_longer_than_the_buffer_is_read_whole()
    {
        var token = Enumerable.Repeat((byte)'x', 200_000).ToArray();
        var reader = new ByteReader(new MemoryStream([.. token, 0]));

        (await reader.ReadUntilAsync(0, default))!.Value.ToArray().Should().Equal(token);
    }

    [Fact]
    public async Task A_stream_that_ends_early_is_a_git_failure()
    {
        var token = async () => await new ByteReader(new MemoryStream([1, 2])).ReadUntilAsync(0, default);
        var block = async () => await new ByteReader(new MemoryStream([1, 2])).ReadExactlyAsync(new byte[3], default);

        await token.Should().ThrowAsync<GitException>();
        await block.Should().ThrowAsync<GitException>();
    }
}
