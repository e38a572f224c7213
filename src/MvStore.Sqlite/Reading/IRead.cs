namespace MvStore.Sqlite.Reading;

/// <summary>What one call does with the reader it gets. A structure, so that a call allocates nothing but its answer.</summary>
internal interface IRead<out T>
{
    /// <summary>Reads. No statement may be left on a row (contract F6).</summary>
    T Run(Reader reader);
}
