namespace MvStore;

/// <summary>The positions that were told between an opening and the end of that run, by clean closing or not.</summary>
/// <param name="Id">Its name, random.</param>
/// <param name="End">The last publication of it that was there at the next opening; the greatest number while it goes on.</param>
internal readonly record struct ChangeLineage(ulong Id, ulong End);
