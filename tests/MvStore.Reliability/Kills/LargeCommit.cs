using System.Buffers.Binary;
using System.Globalization;

namespace MvStore.Reliability.Kills;

/// <summary>A large commit whose content follows from its size.</summary>
/// <param name="Deltas">How many keys it sets.</param>
/// <param name="ValueBytes">The length of each value.</param>
internal sealed record LargeCommit(int Deltas, int ValueBytes)
{
    public const ulong Version = 20;

    public static LargeCommit Parse(string deltas, string valueBytes)
        => new(int.Parse(deltas, CultureInfo.InvariantCulture), int.Parse(valueBytes, CultureInfo.InvariantCulture));

    public IReadOnlyList<string> ToArguments()
        => [Deltas.ToString(CultureInfo.InvariantCulture), ValueBytes.ToString(CultureInfo.InvariantCulture)];

    public WriteBatch Batch()
    {
        var batch = new WriteBatch();
        for (var i = 0; i < Deltas; i++)
        {
            batch.Set(Key(i), Value(i));
        }

        return batch;
    }

    public static byte[] Key(int index)
    {
        var key = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(key, index);
        return key;
    }

    public byte[] Value(int index)
    {
        var value = new byte[ValueBytes];
        new Random(index).NextBytes(value);
        return value;
    }

    /// <summary>Requires that the commit is there, all of it.</summary>
    public async Task CheckAsync(IMultiVersionStore store)
    {
        for (var i = 0; i < Deltas; i++)
        {
            var row = await store.GetAsync(Key(i), Version);
            if (row is not { } found || found.Version != Version || !found.Value.Span.SequenceEqual(Value(i)))
            {
                throw new LossException($"Key {i} of {this} is {(row is null ? "gone" : "another value")}.");
            }
        }
    }
}
