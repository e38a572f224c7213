namespace MvStore.Tests.Model;

/// <summary>What a reader may see: versions up to <paramref name="At"/>, publications up to <paramref name="Sequence"/>.</summary>
internal readonly record struct ReferenceView(ulong At, ulong Sequence)
{
    public bool Sees(ReferenceEntry entry) => entry.Version <= At && entry.Sequence <= Sequence;
}
