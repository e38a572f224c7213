using MvStore.Unmanaged;

namespace MvStore.Tests.Unmanaged;

/// <summary>Chunks that are made ready ahead of need. The work is run on the test's thread.</summary>
public sealed unsafe class ChunkPoolTests
{
    private const int ManyChunks = 40;

    [Fact]
    public void A_small_heap_gets_nothing_ahead_of_need()
    {
        var memory = new CountedMemory();
        var pool = new ChunkPool(memory, worksAhead: false);
        Take(pool, chunks: 1);

        pool.TryTakePage();
        RunAhead(pool);

        memory.Taken.Should().BeLessThanOrEqualTo(3L * HeapChunk.Size);
        pool.ReleaseAll();
        memory.Taken.Should().Be(0);
    }

    [Fact]
    public void A_large_heap_gets_a_few_chunks_ahead_and_uses_them()
    {
        var memory = new CountedMemory();
        var pool = new ChunkPool(memory, worksAhead: false);
        Take(pool, ManyChunks);

        RunAhead(pool);

        const int Ahead = ManyChunks / 16;
        memory.Taken.Should().Be((long)(ManyChunks + Ahead) * HeapChunk.Size);
        Take(pool, Ahead);
        memory.Taken.Should().Be((long)(ManyChunks + Ahead) * HeapChunk.Size);
        pool.ReleaseAll();
        memory.Taken.Should().Be(0);
    }

    [Fact]
    public void Memory_stands_behind_the_first_page_of_a_chunk_and_behind_all_of_one_that_is_made_ahead()
    {
        var memory = new CountedMemory();
        var pool = new ChunkPool(memory, worksAhead: false);

        Take(pool, ManyChunks);
        var atNeed = memory.Populated;
        RunAhead(pool);

        atNeed.Should().Be(ManyChunks * (long)SystemMemory.Unit);
        memory.Populated.Should().Be(atNeed + (ManyChunks / 16 * (long)HeapChunk.Size));
        pool.ReleaseAll();
    }

    [Fact]
    public void What_is_made_ready_after_the_end_is_given_back()
    {
        var memory = new CountedMemory();
        var pool = new ChunkPool(memory, worksAhead: false);
        Take(pool, ManyChunks);
        pool.ReleaseAll();

        RunAhead(pool);

        memory.Taken.Should().Be(0);
    }

    [Fact]
    public void Without_memory_nothing_is_made_ready()
    {
        var memory = new CountedMemory();
        var pool = new ChunkPool(memory, worksAhead: false);
        Take(pool, ManyChunks);
        memory.Limit = memory.Taken;

        RunAhead(pool);

        memory.Taken.Should().Be((long)ManyChunks * HeapChunk.Size);
        pool.ReleaseAll();
        memory.Taken.Should().Be(0);
    }

    private static void RunAhead(ChunkPool pool) => ((IThreadPoolWorkItem)pool).Execute();

    private static void Take(ChunkPool pool, int chunks)
    {
        for (var i = 0; i < chunks * HeapChunk.Pages; i++)
        {
            (pool.TryTakePage() != null).Should().BeTrue();
        }
    }
}
