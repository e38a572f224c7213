namespace MvStore.Reliability.Storage;

/// <summary>Lets the n-th operation of a kind fail.</summary>
/// <param name="Operation">The kind.</param>
/// <param name="Code">The result code SQLite gets.</param>
/// <param name="Index">Which one, from 0.</param>
/// <param name="ForGood">Whether all later ones fail as well.</param>
internal sealed record Fault(OperationKind Operation, int Code, int Index, bool ForGood)
{
    /// <summary>What becomes of unsynced data when a sync fails.</summary>
    public Loss Loss { get; init; }

    public override string ToString()
        => $"{Operation} #{Index} fails {(ForGood ? "for good" : "once")} with code {Code}{(Loss == Loss.None ? "" : $", {Loss}")}";
}
