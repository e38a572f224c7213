using MvStore.Reliability;
using MvStore.Tests.Fixtures;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MvStore.Tests.Model;

/// <summary>
/// The same operations under many sets of options: page sizes, slices, memory, retention, kinds, first version. Each answer equals that of the reference, which knows nothing of storage, so
/// answers differ only where an option says so (contract B12).
/// </summary>
public sealed class MetamorphicTests(ITestOutputHelper output)
{
    private const int FirstList = 70_000;
    private const int FirstSet = 80_000;
    private const int Operations = 60;

    private static readonly int Lists = Effort.Of(50, 5_000);
    private static readonly int Sets = Effort.Of(20, 60);

    [Fact]
    public async Task B12_TheSameOperationsUnderManyOptions()
    {
        var hasTime = Effort.Time();
        var done = 0;
        for (; done < Lists && (done == 0 || hasTime()); done++)
        {
            var list = FirstList + done;
            var operations = ModelOperation.Generate(list, Operations);
            await Task.WhenAll(Enumerable.Range(FirstSet, Sets).Select(set => Task.Run(() => RunAsync(list, set, operations))));
        }

        output.WriteLine($"{done} of {Lists} lists of {Operations} operations, each under {Sets} sets of options");
    }

    // 70315: memory, while it is whole, lets a deletion go that the disk keeps for a pin, since what the pin sees instead is not on disk; once memory is not whole any more the deletion is met again.
    [Theory]
    [InlineData(70_315)]
    public async Task B12_ListsThatOnceFailed(int list)
    {
        const int AllSets = 60;
        var operations = ModelOperation.Generate(list, Operations);
        await Task.WhenAll(Enumerable.Range(FirstSet, AllSets).Select(set => Task.Run(() => RunAsync(list, set, operations))));
    }

    private static async Task RunAsync(int list, int set, IReadOnlyList<ModelOperation> operations)
    {
        var storage = set % 4 == 0 ? StoreStorage.None : StoreStorage.InMemory;
        if (await ModelShrinker.RunAsync(set, storage, operations) is { } failure)
        {
            var smallest = await ModelShrinker.ShrinkAsync(set, storage, operations, failure);
            throw new XunitException(
                $"List {list} under {new ModelSettings(set)} on {storage}:{Environment.NewLine}{string.Join(Environment.NewLine, smallest.Log)}{Environment.NewLine}{smallest.Error}");
        }
    }
}
