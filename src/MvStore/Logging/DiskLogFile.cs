using Microsoft.Win32.SafeHandles;

namespace MvStore.Logging;

/// <summary>A file of the log on disk.</summary>
/// <param name="stream">The open file, without a buffer. Only its handle is used.</param>
internal sealed class DiskLogFile(FileStream stream) : LogFile
{
    private readonly SafeFileHandle _handle = stream.SafeFileHandle;

    /// <inheritdoc/>
    public override long Length { get; } = stream.Length;

    /// <inheritdoc/>
    public override int Read(Span<byte> bytes, long offset)
    {
        try
        {
            var count = 0;
            while (count < bytes.Length && RandomAccess.Read(_handle, bytes[count..], offset + count) is var read and > 0)
            {
                count += read;
            }

            return count;
        }
        catch (IOException e)
        {
            throw LogFailures.Translate("read", stream.Name, e);
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (IOException e)
        {
            throw LogFailures.Translate("write", stream.Name, e);
        }
    }

    /// <inheritdoc/>
    public override void Sync()
    {
        try
        {
            DataSync.File(_handle);
        }
        catch (IOException e)
        {
            // Whatever the reason, the system may have forgotten what it could not write: never transient.
            throw new CommitLogException(TierFailure.InDoubt, $"The commit log could not sync '{stream.Name}': {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }
    }
}
