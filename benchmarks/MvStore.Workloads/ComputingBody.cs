using MvStore.Workloads.Data;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that takes a core and touches no store.</summary>
internal sealed class ComputingBody(ulong seed) : ThreadBody
{
    private const int Block = 1_000;

    private Randomness _randomness = new(seed);

    /// <summary>The last number, so that the loop has a result.</summary>
    public ulong Last { get; private set; }

    public override long RunBlock()
    {
        for (var i = 0; i < Block; i++)
        {
            Last ^= _randomness.Next();
        }

        return Block;
    }
}
