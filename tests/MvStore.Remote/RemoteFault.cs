namespace MvStore.Remote;

/// <summary>What the network does to one request.</summary>
public enum RemoteFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no connection: nothing is sent, and the sender knows.</summary>
    Refused,

    /// <summary>The request is lost; the sender knows only that no answer came.</summary>
    RequestLost,

    /// <summary>The request is done, and the answer is lost.</summary>
    ReplyLost,

    /// <summary>The sender has given up waiting; the request arrives behind some later ones.</summary>
    Late,
}
