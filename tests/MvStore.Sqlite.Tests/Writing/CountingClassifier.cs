namespace MvStore.Sqlite.Tests.Writing;

/// <summary>Says of every key what the tests' own one does, and does something at one of its calls: so a call of the tier can be given up in the middle.</summary>
internal sealed class CountingClassifier : IKeyClassifier
{
    private Action _act = () => { };
    private int _left = int.MaxValue;

    /// <summary>Does something once, at a call from here on.</summary>
    public void OnCall(int number, Action act) => (_left, _act) = (number, act);

    public EntryKind Classify(ReadOnlySpan<byte> key)
    {
        if (--_left == 0)
        {
            _act();
        }

        return TestClassifier.Instance.Classify(key);
    }
}
