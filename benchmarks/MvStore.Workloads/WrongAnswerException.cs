namespace MvStore.Workloads;

/// <summary>An engine answered wrongly, so its figures mean nothing.</summary>
public sealed class WrongAnswerException(string message) : Exception(message)
{
    /// <summary>Throws unless two figures are the same.</summary>
    public static void Require<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new WrongAnswerException($"{what}: expected {expected}, got {actual}");
        }
    }
}
