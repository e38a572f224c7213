using System.Runtime.CompilerServices;
using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Range reads under a pin: as a stream, or page by page with bounded work (contract B7-B9). Tombstones and versions outside the window are
/// left out here, because lower down they must still hide what is older.
/// </summary>
internal sealed class ScanReader(RangeReader ranges, PersistenceOptions options, ulong opening)
{
    private readonly int _portionRows = options.ReadPageRows;
    private readonly int _maxSkipped = options.MaxSkippedPerPage;
    private readonly int _maxExamined = options.MaxExaminedPerRead;

    /// <summary>The rows of a scan as a stream.</summary>
    public async IAsyncEnumerable<VersionedRow> ScanAsync(
        OpenPin pin,
        ScanRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TierPosition? after = null;
        while (!request.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var portion = await ranges.ReadAsync(request, after, pin.View, _portionRows, _maxExamined, cancellationToken).ConfigureAwait(false);
            pin.ThrowIfReleased();
            foreach (var row in portion.Rows)
            {
                if (IsReturned(row, request))
                {
                    yield return ToVersionedRow(row);
                }
            }

            if (portion.Next is not { } next)
            {
                yield break;
            }

            after = next;
        }
    }

    /// <summary>One page of a scan.</summary>
    /// <param name="pin">What can be seen.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="pageSize">The most rows.</param>
    /// <param name="after">Where to go on; null on the first page.</param>
    /// <param name="generation">The generation of the floors when the view was first captured.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<ScanPage> ReadPageAsync(
        OpenPin pin,
        ScanRequest request,
        int pageSize,
        TierPosition? after,
        ulong generation,
        CancellationToken cancellationToken)
    {
        var rows = new List<VersionedRow>();
        var skipped = 0;
        var size = Math.Min(pageSize, _portionRows);
        while (!request.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var maxExamined = _maxSkipped - (skipped - rows.Count);
            var portion = await ranges.ReadAsync(request, after, pin.View, size, maxExamined, cancellationToken).ConfigureAwait(false);
            pin.ThrowIfReleased();
            foreach (var row in portion.Rows)
            {
                if (!IsReturned(row, request))
                {
                    continue;
                }

                rows.Add(ToVersionedRow(row));
                if (rows.Count == pageSize)
                {
                    return new ScanPage(rows, Token(pin, request, TierPosition.Behind(row.Key), generation));
                }
            }

            if (portion.Next is not { } next)
            {
                break;
            }

            after = next;
            skipped += portion.Examined;
            if (skipped - rows.Count >= _maxSkipped)
            {
                return new ScanPage(rows, Token(pin, request, next, generation));
            }

            // Little was found: look further at a time, within what may be skipped.
            size = Math.Min(Math.Min(size * 2, _portionRows), _maxSkipped);
        }

        return new ScanPage(rows, null);
    }

    /// <summary>Reads a token and demands that it belongs to this opening and this scan.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public PageTokenContent Decode(PageToken continuation, ScanRequest request)
    {
        var content = PageTokenCodec.Decode(continuation);
        if (content.Opening != opening)
        {
            throw new ArgumentException("The page token is of an earlier opening of the store. Begin the scan again.", nameof(continuation));
        }

        if (content.Request != request.Fingerprint())
        {
            throw new ArgumentException("The page token is of a scan with another range, scope or direction. Ask for every page in the same way, or begin the scan again.", nameof(continuation));
        }

        return content;
    }

    /// <summary>A row in the shape callers get.</summary>
    public static VersionedRow ToVersionedRow(TierRow row) => new(row.Key, row.Version, row.Value);

    private static bool IsReturned(TierRow row, ScanRequest request) => !row.IsTombstone && row.Version > request.Scope.After;

    private PageToken Token(OpenPin pin, ScanRequest request, TierPosition after, ulong generation)
        => PageTokenCodec.Encode(new PageTokenContent(opening, request.Fingerprint(), pin.View, pin.Visible, generation, after));
}
