using System.Runtime.InteropServices;
using MvStore.Contracts;

namespace MvStore.Tests.Flushing;

/// <summary>Rows in unmanaged memory, as a buffer holds them.</summary>
internal sealed unsafe class NativeRows : IDisposable
{
    private readonly List<(nint Block, int Length)> _blocks = [];

    /// <summary>Makes a row.</summary>
    public BufferedRow Add(ReadOnlySpan<byte> key, ulong version, ulong sequence, byte[]? value)
    {
        var size = NativeEntry.SizeOf(value?.Length ?? 0);
        var block = (byte*)NativeMemory.Alloc(size + (nuint)key.Length);
        _blocks.Add(((nint)block, (int)size + key.Length));
        NativeEntry.Write((NativeEntry*)block, version, sequence, isTombstone: value is null, isFinal: false, value);
        key.CopyTo(new Span<byte>(block + size, key.Length));
        return new BufferedRow(block + size, key.Length, (NativeEntry*)block);
    }

    public void Dispose()
    {
        foreach (var (block, length) in _blocks)
        {
            // Poisoned, so that whoever still reads them notices.
            new Span<byte>((void*)block, length).Fill(0xCD);
            NativeMemory.Free((void*)block);
        }

        _blocks.Clear();
    }
}
