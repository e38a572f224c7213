namespace MvStore.Tests.Unmanaged;

/// <summary>Tests that say when memory is freed run alone: epochs are those of the whole process, so a reader of another test would hold it back.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UnmanagedMemory
{
    public const string Name = "Unmanaged memory";
}
