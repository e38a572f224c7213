using System.Globalization;
using System.Text;

namespace MvStore.Reliability.Soak;

/// <summary>A key of a lane: keys are ordered as lane, owner, number are.</summary>
internal readonly record struct SoakKey(SoakLane Lane, int Owner, int Number)
{
    /// <summary>Every key, ascending.</summary>
    public static IEnumerable<SoakKey> All
        => from lane in SoakLane.All from owner in lane.Owners from number in Enumerable.Range(0, lane.Keys) select new SoakKey(lane, owner, number);

    /// <summary>The keys of one owner.</summary>
    public static KeyRange RangeOf(SoakLane lane, int owner) => KeyRange.Prefix(Encoding.ASCII.GetBytes(Prefix(lane, owner)));

    public byte[] ToBytes() => Encoding.ASCII.GetBytes(ToString());

    public override string ToString() => Prefix(Lane, Owner) + Number.ToString("D4", CultureInfo.InvariantCulture);

    private static string Prefix(SoakLane lane, int owner) => string.Create(CultureInfo.InvariantCulture, $"{lane.Letter}{owner}/");
}
