namespace MvStore.Packages.Tests;

/// <summary>A test that compiles ahead of time. Skipped, and said so, where nothing links.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeCompilationFactAttribute : FactAttribute
{
    public NativeCompilationFactAttribute()
    {
        if (!NativeToolchain.Exists)
        {
            Skip = "There is no C compiler that links; what is trimmed is tested all the same.";
        }
    }
}
