namespace MvStore.Tests.Fixtures;

/// <summary>Tests that stay inside an epoch for long, or demand that memory is freed: epochs are the whole process's, so these run alone.</summary>
[CollectionDefinition(nameof(ProcessEpochs), DisableParallelization = true)]
public sealed class ProcessEpochs;
