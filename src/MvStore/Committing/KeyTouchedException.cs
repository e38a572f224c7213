namespace MvStore.Committing;

/// <summary>A commit was not begun, because one of its keys was touched under its watch (I42). Never leaves the committer.</summary>
internal sealed class KeyTouchedException : Exception
{
    public KeyTouchedException()
        : base("A key was touched meanwhile.")
    {
    }
}
