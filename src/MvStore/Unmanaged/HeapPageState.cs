namespace MvStore.Unmanaged;

/// <summary>Where a stripe keeps a page.</summary>
internal enum HeapPageState : byte
{
    /// <summary>It is the page from which blocks of its class are taken.</summary>
    Current,

    /// <summary>It has no free block and is in no list.</summary>
    Full,

    /// <summary>It is in the list of pages with free blocks.</summary>
    Listed,
}
