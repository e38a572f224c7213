using System.Globalization;
using System.Reflection;
using MvStore.Packages.Tests;

namespace MvStore.Hosting.Tests.Documentation;

/// <summary>The page of all settings says what the code says.</summary>
public sealed class OptionsReferenceTests
{
    private const string Renewing = "MVSTORE_RENEW=1 dotnet test tests/MvStore.Hosting.Tests -c Release --filter OptionsReference";

    private static readonly string[] Page = ["src", "MvStore", "docs", "options.md"];

    public static TheoryData<string, string> Settings
    {
        get
        {
            var settings = new TheoryData<string, string>();
            foreach (var (options, property) in OptionsReference.Classes.SelectMany(options => options.Properties.Select(property => (options, property))))
            {
                settings.Add(options.Title, property.Name);
            }

            return settings;
        }
    }

    [Fact]
    public void ThePageIsWhatTheCodeSays()
    {
        var path = Checkout.PathOf(Page);
        if (Environment.GetEnvironmentVariable("MVSTORE_RENEW") == "1")
        {
            File.WriteAllText(path, OptionsReference.Write());
        }

        File.ReadAllText(path).ReplaceLineEndings("\n").Should().Be(OptionsReference.Write(), "otherwise renew it: {0}", Renewing);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void TheDefaultIsWhatTheDocumentationSays(string title, string name)
    {
        var options = OptionsReference.Classes.Single(o => o.Title == title);
        var property = options.Properties.Single(p => p.Name == name);

        DocumentedMember.Of(property).Default.Should().ContainAny(WaysToSay(property, options.Instance));
    }

    [Fact]
    public void NoClassOfOptionsIsMissing()
        => new[] { typeof(MvStoreOptions), typeof(Sqlite.SqliteTierOptions), typeof(MvStoreHostingOptions) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .Should().BeEquivalentTo(OptionsReference.Classes.Select(options => options.Instance.GetType()));

    private static IEnumerable<string> WaysToSay(PropertyInfo property, object instance)
        => property.GetValue(instance) switch
        {
            // Where it was made, and its path, are different for each.
            _ when property.Name is nameof(SnapshotOptions.CallSite) or nameof(Sqlite.SqliteTierOptions.Path) => ["file and line", "none"],
            null => ["null"],
            bool flag => [flag ? "true" : "false"],
            TimeSpan time => [SayTime(time)],
            int or long or ulong => [string.Format(CultureInfo.InvariantCulture, "{0:N0}", property.GetValue(instance))],
            System.Collections.IEnumerable and not string => ["empty"],
            var other => [string.Format(CultureInfo.InvariantCulture, "{0}", other)],
        };

    private static string SayTime(TimeSpan time)
        => time switch
        {
            { Days: 1, Hours: 0 } => "1 day",
            { TotalHours: 1 } => "1 hour",
            { TotalMinutes: 1 } => "1 minute",
            { TotalSeconds: 1 } => "1 second",
            { TotalSeconds: > 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} seconds"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} milliseconds"),
        };
}
