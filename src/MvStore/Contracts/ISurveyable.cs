namespace MvStore.Contracts;

/// <summary>The buffer, seen from whoever wants to know what is in it and changes nothing. Any thread; takes no lock that anyone can wait for.</summary>
internal interface ISurveyable
{
    /// <summary>Shows every key of a range that has entries in memory, in ascending order, each with all entries that a view can see.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="visit">Is called inside an epoch, once for each key.</param>
    /// <param name="cancellationToken">Ends it between some dozens of keys.</param>
    void Survey(KeyRange range, TierView view, SurveyVisitor visit, CancellationToken cancellationToken);
}
