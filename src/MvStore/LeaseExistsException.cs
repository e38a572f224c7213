namespace MvStore;

/// <summary>A lease of that name is open already. Renew it, close it, or choose another name.</summary>
public sealed class LeaseExistsException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The name.</param>
    public LeaseExistsException(string name)
        : base($"There is a lease '{name}' already; renew it, close it, or choose another name.")
        => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }
}
