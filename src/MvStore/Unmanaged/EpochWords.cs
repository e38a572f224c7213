using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>What every thread reads on entering and leaving an epoch. Alone on its cache lines, because it is read all the time and hardly ever written.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EpochWords
{
    /// <summary>The epoch now. Owner: whoever holds the gate of <see cref="Epochs"/>. Release store; everyone acquire.</summary>
    public long Current;

    /// <summary>How many releases wait for the epoch to move on. Owner: whoever holds the gate of <see cref="Epochs"/>. Release store; everyone acquire.</summary>
    public long Waiting;
}
