namespace MvStore.Tests;

public sealed class KeyRangeTests
{
    [Fact]
    public void An_absent_bound_is_null_and_not_the_empty_key()
    {
        KeyRange.All.Start.Should().BeNull();
        KeyRange.All.End.Should().BeNull();
        KeyRange.From([]).Start.Should().NotBeNull();
        KeyRange.From([]).End.Should().BeNull();
        KeyRange.Until([]).Start.Should().BeNull();
        KeyRange.Until([]).End.Should().NotBeNull();
    }
}
