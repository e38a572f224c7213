using MvStore.Tests.Fixtures;
using Xunit.Sdk;

namespace MvStore.Tests.Model;

/// <summary>
/// The same operations under many sets of options: page sizes, slices, memory, retention, kinds, first version. Each answer equals that of the reference, which knows nothing of storage, so
/// answers differ only where an option says so (contract B12).
/// </summary>
public sealed class MetamorphicTests
{
    private const int FirstList = 70_000;
    private const int FirstSet = 80_000;
    private const int Lists = 50;
    private const int Sets = 20;
    private const int Operations = 60;

    [Fact]
    public async Task B12_TheSameOperationsUnderManyOptions()
    {
        for (var list = FirstList; list < FirstList + Lists; list++)
        {
            var operations = ModelOperation.Generate(list, Operations);
            await Task.WhenAll(Enumerable.Range(FirstSet, Sets).Select(set => Task.Run(() => RunAsync(list, set, operations))));
        }
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
