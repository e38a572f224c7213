using System.Runtime.InteropServices;
using System.Runtime.Loader;
using LightningDB;

namespace MvStore.Comparisons.Lightning;

/// <summary>
/// Finds the native LMDB. The library in the package wants glibc 2.38; where that is missing, the distribution's own is loaded in its
/// place, and where there is none either, the reason is kept.
/// </summary>
internal static class LightningLibrary
{
    private const string ImportedName = "lmdb";
    private static readonly string[] OfTheSystem = ["liblmdb.so.0", "liblmdb.so"];

    static LightningLibrary()
    {
        if (NativeLibrary.TryLoad(ImportedName, typeof(LightningEnvironment).Assembly, null, out _))
        {
            Description = "the package's library";
            return;
        }

        foreach (var name in OfTheSystem)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                AssemblyLoadContext.Default.ResolvingUnmanagedDll
                    += (_, imported) => imported.Contains(ImportedName, StringComparison.Ordinal) ? handle : 0;
                Description = $"the system's {name}";
                return;
            }
        }

        Description = "no library";
        Unavailable = "the package's library does not load here (it wants glibc 2.38), and the system has no liblmdb (on Debian: liblmdb0)";
    }

    public static string Description { get; }

    public static string? Unavailable { get; }
}
