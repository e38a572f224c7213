namespace MvStore.Reliability;

/// <summary>A test that mounts a file system of its own, which only root on Linux may.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxRootFactAttribute : FactAttribute
{
    public LinuxRootFactAttribute() => Skip = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Storage.SmallDisk.CanMount
        ? null
        : "It mounts a small file system, which only root on Linux may.";
}
