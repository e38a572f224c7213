namespace MvStore.Sqlite.Tests;

/// <summary>Hears of progress on the thread that makes it, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class SyncProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
