namespace MvStore.Logging;

/// <summary>Reads the whole commits of a log that was scanned, one after the other.</summary>
internal static class LogReader
{
    /// <summary>The commits behind a publication.</summary>
    /// <param name="content">What the scan found.</param>
    /// <param name="after">The publication.</param>
    /// <param name="newBatch">Gives each commit a batch to be read into, which is cleared. Default: all share one, so that each is valid until the next is asked for.</param>
    /// <returns>The commits in order.</returns>
    /// <exception cref="CommitLogException">The log changed since it was scanned.</exception>
    public static IEnumerable<LoggedCommit> Read(LogContent content, ulong after, Func<WriteBatch>? newBatch = null)
    {
        var decoder = new CommitDecoder();
        var batch = new WriteBatch();
        var reached = after;
        for (var i = 0; i < content.Live.Count && reached < content.End.Sequence; i++)
        {
            var end = i + 1 < content.Live.Count ? content.Live[i + 1].Header.PreviousEnd : content.Live[i].Header.Length;
            var reader = new FrameReader(content.Live[i], end);
            while (reached < content.End.Sequence && reader.TryRead())
            {
                var frame = reader.Frame;
                if (frame.Sequence <= after)
                {
                    continue;
                }

                if (frame.IsFirst)
                {
                    decoder.Begin();
                    batch = newBatch?.Invoke() ?? batch;
                    batch.Clear();
                }

                decoder.Feed(reader.Payload.Span, batch);
                if (frame.IsLast)
                {
                    decoder.End();
                    reached = frame.Sequence;
                    yield return new LoggedCommit(frame.Sequence, frame.Version, batch);
                }
            }
        }

        if (reached < content.End.Sequence)
        {
            throw new CommitLogException(
                TierFailure.InDoubt,
                $"The commit log could be read up to publication {content.End.Sequence}, and a moment later only up to {reached}.");
        }
    }
}
