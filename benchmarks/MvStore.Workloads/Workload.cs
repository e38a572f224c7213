using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>One workload. Every run checks what it was answered and throws <see cref="WrongAnswerException"/>.</summary>
/// <param name="id">Its name on the command line and in tables.</param>
/// <param name="title">What it does.</param>
/// <param name="unit">What its rate counts, per second.</param>
/// <param name="shape">What it finds.</param>
/// <param name="needs">What an engine must be able to do.</param>
public abstract class Workload(string id, string title, string unit, StoreShape shape, EngineTraits needs = EngineTraits.InMemory)
{
    public string Id { get; } = id;

    public string Title { get; } = title;

    public string Unit { get; } = unit;

    public StoreShape Shape { get; } = shape;

    /// <summary>Whether it runs only where it was asked for by name: it takes minutes.</summary>
    public virtual bool IsLong => false;

    /// <summary>Whether it needs a disk: its rates are of another order than those of memory.</summary>
    public bool IsOnDisk { get; } = (needs & (EngineTraits.InMemory | EngineTraits.ReclaimsMemory)) == 0;

    public virtual bool RunsOn(EngineDescriptor engine) => engine.Has(needs);

    /// <summary>Runs once.</summary>
    /// <returns>The figures, named as in <see cref="Measuring.Metrics"/>.</returns>
    public abstract IReadOnlyDictionary<string, double> Run(WorkloadContext context);
}
