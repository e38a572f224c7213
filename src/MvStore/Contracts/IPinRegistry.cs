namespace MvStore.Contracts;

/// <summary>The pins that are open. Any thread; no locks (contract C4).</summary>
internal interface IPinRegistry
{
    /// <summary>The pins of this moment, in no order, without those past their age limit, which are released. An acquire load.</summary>
    IReadOnlyList<OpenPin> Current { get; }

    /// <summary>Adds a pin; a full fence follows. The caller must re-check the floors afterwards (I8).</summary>
    void Add(OpenPin pin);

    /// <summary>Removes a pin. Doing it again has no effect.</summary>
    void Remove(OpenPin pin);
}
