using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>A thread that gets random keys at the newest version.</summary>
internal sealed class GetBody(PreparedStore store, bool isAbsent, ulong seed)
    : ReaderBody<IWorkloadReader>(store, seed)
{
    private readonly long _first = isAbsent ? KeySpace.Absent : 0;

    public override long RunBlock()
    {
        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        for (var i = 0; i < GetsPerBlock; i++)
        {
            var id = KeySpace.IdOf(_first + Randomness.Below(Rows.Count));
            KeySpace.Write(key, id);
            var isFound = Reader.TryGet(key, IWorkloadReader.Latest, out var value);
            if (isFound == isAbsent || (isFound && !value.IsOf(id)))
            {
                throw new WrongAnswerException($"get of {(isAbsent ? "an absent" : "a loaded")} key: found {isFound}, {value}");
            }
        }

        return GetsPerBlock;
    }
}
