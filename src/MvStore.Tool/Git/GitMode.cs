using System.Globalization;

namespace MvStore.Tool.Git;

/// <summary>The modes git gives entries of a tree, in octal, reduced to the five that mean something.</summary>
internal static class GitMode
{
    /// <summary>No entry.</summary>
    public const int None = 0;

    /// <summary>A file.</summary>
    public const int Regular = 0b1_000_000_110_100_100;

    /// <summary>A file that may be executed.</summary>
    public const int Executable = 0b1_000_000_111_101_101;

    /// <summary>A symbolic link; its content is the target.</summary>
    public const int Link = 0b1_010_000_000_000_000;

    /// <summary>A submodule; its object is a commit of another repository.</summary>
    public const int Submodule = 0b1_110_000_000_000_000;

    private const int TypeMask = 0b1_111_000_000_000_000;
    private const int OwnerMayExecute = 0b1_000_000;

    /// <summary>Reads six octal digits. Modes that old tools wrote, such as 100664, become what git takes them for.</summary>
    public static int Parse(ReadOnlySpan<byte> octal)
    {
        var mode = 0;
        foreach (var digit in octal)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw new GitException("Git's answer contains a mode that is not octal.");
            }

            mode = (mode << 3) | (digit - '0');
        }

        return (mode & TypeMask) == (Regular & TypeMask) ? ((mode & OwnerMayExecute) != 0 ? Executable : Regular) : mode;
    }

    /// <summary>Six octal digits.</summary>
    public static string Format(int mode) => Convert.ToString(mode, 8).PadLeft(6, '0').ToString(CultureInfo.InvariantCulture);
}
