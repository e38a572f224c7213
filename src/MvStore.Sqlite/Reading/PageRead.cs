namespace MvStore.Sqlite.Reading;

/// <summary>One page of a scan, in one transaction.</summary>
internal readonly struct PageRead(TierScan scan, CancellationToken cancellationToken) : IRead<TierPage>
{
    public TierPage Run(Reader reader)
    {
        reader.Begin();
        try
        {
            return scan.Mode == TierScanMode.Newest
                ? new NewestScan(reader, scan, cancellationToken).Run()
                : new HistoryScan(reader, scan, cancellationToken).Run();
        }
        finally
        {
            reader.End();
        }
    }
}
