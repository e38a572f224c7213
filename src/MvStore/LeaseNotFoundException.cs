namespace MvStore;

/// <summary>There is no lease of that name: it was never opened, was closed, or is past its limit. What it saw may be gone.</summary>
public sealed class LeaseNotFoundException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The name.</param>
    public LeaseNotFoundException(string name)
        : base($"There is no lease '{name}': it was never opened, was closed, or is past its limit. Open it; what it kept may be gone.")
        => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }
}
