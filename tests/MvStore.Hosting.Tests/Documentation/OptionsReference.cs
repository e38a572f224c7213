using System.Reflection;
using System.Text;
using MvStore.Hosting.Binding;
using MvStore.Sqlite;

namespace MvStore.Hosting.Tests.Documentation;

/// <summary>Writes the page of all settings from the documentation in the code, so that the two cannot differ.</summary>
internal static class OptionsReference
{
    private const string Head = """
        # Settings

        Every setting of MvStore, MvStore.Sqlite and MvStore.Hosting. This page is made from the documentation in the code; a test fails when it is not what the code says.

        In code, settings are set by `MvStoreBuilder.Configure(options => ...)`, those of SQLite in `UseSqlite(path, options => ...)`. In a host they may come from configuration
        (`AddMvStore().Bind(section)`): the key of each is given relative to that section, so with a section `MvStore` the first one below is `MvStore:Name`. What cannot be read, is
        out of range or is no setting, keeps the host from starting, with a message that names it.

        In configuration a duration is written `00:00:10`, `7.00:00:00`, `250 ms`, `10 s`, `5 min`, `2 h`, `7 d` or `Infinite` (`Timeout.InfiniteTimeSpan` in code); bytes `65536`, `64 KiB`, `256 MiB` or
        `1 GiB`; a kind of keys `multi`, `source(3)` or `operator(7)`; null is an empty value. Settings are read once, when the store is opened.
        """;

    // By how the name of a number ends. A number that no line fits is an error: the page has to say what it counts.
    private static readonly (string Ending, string Unit)[] Units =
    [
        ("SoftLimit", "part of `HardLimit`"),
        ("GarbageShare", "part of the old versions"),
        ("Bytes", "bytes"),
        ("Length", "bytes"),
        ("Budget", "bytes"),
        ("HardLimit", "bytes"),
        ("Rows", "rows"),
        ("Entries", "deltas"),
        ("RetainPerKey", "versions"),
        ("Versions", "versions"),
        ("VersionsByKind", "versions"),
        ("Attempts", "attempts"),
        ("Connections", "connections"),
        ("Commits", "commits"),
        ("MaxSkippedPerPage", "entries"),
        ("Epoch", "number"),
        ("KeysPerRun", "keys"),
    ];

    /// <summary>Every class of options.</summary>
    public static IReadOnlyList<OptionsClass> Classes { get; } = All(new MvStoreOptions());

    /// <summary>The page.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Head).Append('\n');
        foreach (var options in Classes)
        {
            page.Append('\n').Append("## ").Append(options.Title).Append("\n\n`").Append(options.Instance.GetType().FullName).Append("`\n\n")
                .Append(options.Group is null
                    ? "| setting | type | unit | default | allowed | meaning |\n| --- | --- | --- | --- | --- | --- |\n"
                    : "| setting | key | type | unit | default | allowed | meaning |\n| --- | --- | --- | --- | --- | --- | --- |\n");
            foreach (var property in options.Properties)
            {
                page.Append(RowOf(options, property)).Append('\n');
            }
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string RowOf(OptionsClass options, PropertyInfo property)
    {
        var member = DocumentedMember.Of(property);
        string[] cells =
        [
            $"`{property.Name}`",
            .. options.Group is { } group ? new[] { KeyOf(group, property) } : [],
            $"`{NameOf(property)}`",
            UnitOf(property),
            member.Default,
            member.Allowed,
            member.Meaning,
        ];
        return $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
    }

    private static string KeyOf(string group, PropertyInfo property)
    {
        var key = group + property.Name;
        if (StoreSettings.Table.Families.Contains(key + ":"))
        {
            return property.Name == nameof(GarbageCollectionOptions.RetainByKind)
                ? $"`{key}:KIND:Versions`, `:Age`, `:PerKey`, `:KeepsDeletedKeys`, `:TimeToLive:Duration`, `:TimeToLive:From`"
                : $"`{key}:KIND`";
        }

        var names = StoreSettings.Table.Names
            .Concat(SqliteSettings.Table.Names.Select(name => $"{SqliteSettings.Group}:{name}"))
            .Concat(HostingSettings.Table.Names.Select(name => $"{HostingSettings.Group}:{name}"))
            .Concat(HealthSettings.Table.Names.Select(name => $"{HealthSettings.Group}:{name}"));
        return names.Contains(key) ? $"`{key}`" : "in code only";
    }

    private static string NameOf(PropertyInfo property)
    {
        var nullability = new NullabilityInfoContext().Create(property);
        return NameOf(property.PropertyType) + (nullability.ReadState == NullabilityState.Nullable && !property.PropertyType.IsValueType ? "?" : string.Empty);
    }

    private static string NameOf(Type type)
        => Nullable.GetUnderlyingType(type) is { } inner ? NameOf(inner) + "?"
            : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : Type.GetTypeCode(type) switch
            {
                _ when type.IsEnum => type.Name,
                TypeCode.Boolean => "bool",
                TypeCode.Int32 => "int",
                TypeCode.Int64 => "long",
                TypeCode.UInt64 => "ulong",
                TypeCode.Double => "double",
                TypeCode.String => "string",
                _ => type.Name,
            };

    private static string UnitOf(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(TimeSpan))
        {
            return "time";
        }

        var counts = Type.GetTypeCode(type) is TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double && !type.IsEnum;
        var unit = Units.Where(known => property.Name.EndsWith(known.Ending, StringComparison.Ordinal)).Select(known => known.Unit).FirstOrDefault();
        return counts ? unit ?? throw new FormatException($"Say in {nameof(OptionsReference)} what {property.DeclaringType!.Name}.{property.Name} counts.") : string.Empty;
    }

    private static OptionsClass[] All(MvStoreOptions options)
        =>
        [
            new("The store", options, string.Empty),
            .. options.GetType().GetProperties().Where(part => part.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
                .Select(part => new OptionsClass(TitleOf(part.Name), part.GetValue(options)!, part.Name + ":")),
            new("SQLite", new SqliteTierOptions("store.db"), SqliteSettings.Group + ":"),
            new("Hosting", new MvStoreHostingOptions(), HostingSettings.Group + ":"),
            new("Health checks", new MvStoreHealthOptions(), HealthSettings.Group + ":"),
            new("One snapshot", new SnapshotOptions(), null),
            new("Reading changes", new ChangeReadOptions(), null),
        ];

    private static string TitleOf(string part)
        => part switch
        {
            nameof(MvStoreOptions.Buffer) => "Memory",
            nameof(MvStoreOptions.Flush) => "Flushing",
            nameof(MvStoreOptions.GarbageCollection) => "Retention and reclamation",
            nameof(MvStoreOptions.Persistence) => "The persistent tier",
            nameof(MvStoreOptions.CommitLog) => "The commit log",
            _ => part,
        };
}
