using MvStore.Remote;

namespace MvStore.Conformance.Tests.Controls;

/// <summary>A place for tiers with a fault, which the test says before it makes the suite.</summary>
public sealed class BrokenLocation : ITierLocation
{
    private static readonly AsyncLocal<TierFault> Fault = new(); // of the test that runs

    private readonly TierFault _fault = Fault.Value;
    private readonly InMemoryTierStorage _storage = new();
    private readonly RemoteServer _server = new(new TierCapabilities());
    private readonly List<IPersistentTier> _tiers = []; // oldest first; a suite opens one at a time

    public bool AllowsTakeover => _fault == TierFault.IgnoresItsEpoch;

    /// <summary>The tier opened last, whoever owns the data.</summary>
    internal IPersistentTier Newest => _tiers[^1];

    /// <summary>Makes a suite over such a place.</summary>
    internal static object CreateSuite(Type suite, TierFault fault)
    {
        Fault.Value = fault;
        return Activator.CreateInstance(suite)!;
    }

    public IPersistentTier CreateTier()
    {
        if (AllowsTakeover)
        {
            _tiers.Add(new RemoteTier(new RemoteNetwork(_server, new HastyTime())));
            return new BrokenTier(_tiers[^1], _storage, _fault, this);
        }

        return new BrokenTier(new InMemoryTier(_storage), _storage, _fault, this);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
