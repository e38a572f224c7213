using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using MvStore.Contracts;

namespace MvStore;

/// <summary>
/// Tells positions apart that a crash has undone (I51). Each run of the process in which a position is told has a lineage of its own, which a note in the persistent tier lists before the first position is told. The next
/// opening notes, before the first commit, how far what was told is still there. So a position is good if its lineage is listed and it is not behind that lineage's end.
/// </summary>
/// <param name="listed">What the note lists.</param>
/// <param name="notes">The tier's notes; null in a store without a tier, whose positions end with it.</param>
internal sealed class ChangeLineages(ImmutableArray<ChangeLineage> listed, TierNotes? notes)
{
    private const string NoteName = "change-lineages";
    private const byte Form = 1;
    private const int BytesEach = 2 * sizeof(ulong);
    private const ulong GoesOn = ulong.MaxValue;

    // 16 kB. The positions of the oldest are refused then.
    private const int MaxListed = 1_000;

    private readonly AsyncGate _changes = new();
    private readonly ulong _own = NewIdentity();

    // Owner: whoever is in _changes, or opens the store: when its content is in the note. Boxed, so that it is replaced whole. Release store; readers acquire.
    private Held _listed = new(listed);

    /// <summary>What the note of a tier lists.</summary>
    /// <exception cref="PersistentTierException">It is damaged.</exception>
    public static ImmutableArray<ChangeLineage> ListedIn(TierState recovered)
    {
        var note = recovered.Notes.GetValueOrDefault(NoteName);
        if (note.IsEmpty)
        {
            return [];
        }

        if (note.Span[0] != Form || (note.Length - 1) % BytesEach != 0)
        {
            throw new PersistentTierException(TierFailure.Damaged, "The note of the lineages of change feeds is cut off or of an unknown form.");
        }

        var lineages = ImmutableArray.CreateBuilder<ChangeLineage>();
        for (var rest = note.Span[1..]; !rest.IsEmpty; rest = rest[BytesEach..])
        {
            lineages.Add(new ChangeLineage(BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[sizeof(ulong)..])));
        }

        return lineages.ToImmutable();
    }

    /// <summary>Ends the lineages of earlier runs. Once, when everything that was durable is published again, and before the first commit.</summary>
    /// <param name="published">The last publication.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask EndEarlierAsync(ulong published, CancellationToken cancellationToken)
    {
        var now = Volatile.Read(ref _listed).Lineages;
        if (now.Any(l => l.End > published))
        {
            await SaveAsync([.. now.Select(l => l with { End = Math.Min(l.End, published) })], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes sure that positions can be told.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (IsBegun)
        {
            return;
        }

        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!IsBegun)
        {
            var earlier = Volatile.Read(ref _listed).Lineages.TakeLast(MaxListed - 1);
            await SaveAsync([.. earlier, new ChangeLineage(_own, GoesOn)], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The position behind a publication, to be told; after <see cref="BeginAsync"/>.</summary>
    public ChangePosition At(ulong sequence) => new(_own, sequence);

    /// <summary>The publication of a position; after <see cref="BeginAsync"/>.</summary>
    /// <param name="position">The position.</param>
    /// <param name="published">The last publication.</param>
    /// <exception cref="UnknownChangePositionException">It is not one of this store's, or no more.</exception>
    public ulong Require(ChangePosition position, ulong published)
    {
        if (position == ChangePosition.Beginning)
        {
            return 0;
        }

        foreach (var lineage in Volatile.Read(ref _listed).Lineages)
        {
            if (lineage.Id == position.Lineage && position.Sequence <= Math.Min(lineage.End, published))
            {
                return position.Sequence;
            }
        }

        throw new UnknownChangePositionException(position);
    }

    // The own one is the last.
    private bool IsBegun => Volatile.Read(ref _listed).Lineages is [.., var last] && last.Id == _own;

    private async ValueTask SaveAsync(ImmutableArray<ChangeLineage> lineages, CancellationToken cancellationToken)
    {
        if (notes is not null)
        {
            await notes.SetAsync(NoteName, Encode(lineages), cancellationToken).ConfigureAwait(false);
        }

        Volatile.Write(ref _listed, new Held(lineages));
    }

    private static byte[] Encode(ImmutableArray<ChangeLineage> lineages)
    {
        var note = new byte[1 + (lineages.Length * BytesEach)];
        note[0] = Form;
        var rest = note.AsSpan(1);
        foreach (var (id, end) in lineages)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, id);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[sizeof(ulong)..], end);
            rest = rest[BytesEach..];
        }

        return note;
    }

    // Never 0, which is the beginning's.
    private static ulong NewIdentity() => Math.Max(1, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    private sealed record Held(ImmutableArray<ChangeLineage> Lineages);
}
