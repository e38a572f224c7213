using MvStore.Tool.Verifying;

namespace MvStore.Tool.Tests.Verifying;

public class VerifyScheduleTests
{
    [Theory]
    [InlineData(1, 1, new ulong[] { 1 })]
    [InlineData(10, 3, new ulong[] { 1, 4, 7, 10 })]
    [InlineData(11, 3, new ulong[] { 1, 4, 7, 10, 11 })]
    [InlineData(5, 100, new ulong[] { 1, 5 })]
    public void The_first_and_the_last_are_always_compared(ulong versions, int every, ulong[] expected)
        => VerifySchedule.Versions(versions, every).Should().Equal(expected);

    [Theory]
    [InlineData(100, 100, 1)]
    [InlineData(5000, 1000, 10)]
    [InlineData(1_000_000, 80_000, 100_000)]
    [InlineData(3, 0, 1)]
    public void The_step_keeps_the_work_within_a_budget(ulong versions, int paths, int step)
        => VerifySchedule.ChooseStep(versions, paths).Should().Be(step);
}
