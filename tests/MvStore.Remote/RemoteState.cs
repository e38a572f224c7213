namespace MvStore.Remote;

/// <summary>What is remembered besides entries.</summary>
internal static class RemoteState
{
    /// <summary>Takes an epoch, and reads all of it.</summary>
    public static RemoteRequest Open(ulong epoch)
        => new(epoch, Opens: true)
        {
            Reads =
            [
                new RemoteRange(RowCodec.Mark, RowCodec.EndOf((byte)'m'), 2),
                Whole(RowCodec.KindFloorTable),
                Whole(RowCodec.KeyFloorTable),
                Whole(RowCodec.DropTable),
                Whole(RowCodec.NoteTable),
            ],
        };

    /// <summary>The answer to it.</summary>
    public static TierState Of(RemoteReply reply, TierCapabilities capabilities)
    {
        var rows = reply.Rows;
        var marks = rows[0].ToDictionary(r => r.Key[1], r => RowCodec.Number(r.Value));
        var kinds = rows[1].ToDictionary(r => (Family: r.Key[1], Id: RowCodec.Number(r.Key.AsSpan(2))), r => (CommitVersion)RowCodec.Number(r.Value));
        var floors = new FloorSet(
            kinds.GetValueOrDefault((byte.MaxValue, 0UL)),
            kinds.Where(k => k.Key.Family != byte.MaxValue)
                .Select(k => KeyValuePair.Create(new EntryKind((EntryFamily)k.Key.Family, k.Key.Id), k.Value)),
            rows[2].Select(r => new KeyFloor(RowCodec.Decode(r.Key).Key, RowCodec.Number(r.Value))));
        return new TierState(marks.GetValueOrDefault(RowCodec.Mark[1]), marks.GetValueOrDefault(RowCodec.Highest[1]), floors)
        {
            Drops = [.. rows[3].Select(r => RowCodec.Decode(r.Key)).Select(d => new KeyFloor(d.Key, d.Version))],
            Notes = RowCodec.ToNotes(rows[4]),
            Identity = reply.Identity,
            Epoch = reply.Epoch,
            Capabilities = capabilities,
        };
    }

    public static RemoteRequest Raise(ulong epoch, FloorSet floors, IReadOnlyList<KeyFloor> settled)
        => new(epoch)
        {
            Raises =
            [
                (KindRow(byte.MaxValue, 0), floors.Default.Value),
                .. floors.ByKind.Select(f => (KindRow((byte)f.Key.Family, f.Key.Id), f.Value.Value)),
                .. settled.Where(s => floors.ByKey.Of(s.Key.Span) > CommitVersion.Zero)
                    .Select(s => (RowCodec.Row(RowCodec.KeyFloorTable, s.Key.Span), floors.ByKey.Of(s.Key.Span).Value)),
            ],
            Forgets =
            [
                .. settled.Where(s => floors.ByKey.Of(s.Key.Span) == CommitVersion.Zero)
                    .Select(s => (RowCodec.Row(RowCodec.KeyFloorTable, s.Key.Span), s.Version.Value)),
            ],
            RangeDeletions = [.. settled.Select(UpTo)],
        };

    // Drops lie newest first, so those at or below a version lie behind it.
    private static RemoteRange UpTo(KeyFloor settled)
        => new(
            RowCodec.Row(RowCodec.DropTable, settled.Key.Span, settled.Version.Value),
            RowCodec.EndOf(RowCodec.DropTable, settled.Key.Span),
            int.MaxValue);

    private static RemoteRange Whole(byte table) => new([table], RowCodec.EndOf(table), int.MaxValue);

    private static byte[] KindRow(byte family, ulong id) => [RowCodec.KindFloorTable, family, .. RowCodec.Number(id)];
}
