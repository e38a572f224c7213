using Microsoft.Extensions.Configuration;
using MvStore.Hosting.Binding;
using MvStore.Sqlite;

namespace MvStore.Hosting.Running;

/// <summary>Which persistent tier a store gets: the last one that was asked for, by code or by configuration, which is read when the host starts.</summary>
internal sealed class TierRegistration
{
    private readonly List<Action<TierChoice>> _steps = [];

    /// <summary>Asks for SQLite.</summary>
    public void UseSqlite(string path, Action<SqliteTierOptions>? configure)
        => _steps.Add(choice => choice.UseSqlite(path, (options, failures) => Change(configure, options, failures)));

    /// <summary>Asks for SQLite if a section has settings of it.</summary>
    public void Bind(IConfiguration section)
        => _steps.Add(choice =>
        {
            var sqlite = section.GetSection(SqliteSettings.Group);
            if (sqlite.GetChildren().Any())
            {
                choice.UseSqlite(sqlite[SqliteSettings.Path], (options, failures) => SqliteSettings.Table.Read(section, options, failures));
                choice.PathSetting = sqlite.GetSection(SqliteSettings.Path).Path;
            }
        });

    /// <summary>Asks for another tier.</summary>
    public void UseOther(Action<IServiceProvider, MvStoreBuilder> apply) => _steps.Add(choice => choice.UseOther(apply));

    /// <summary>Finds what is wrong with the settings of the tier.</summary>
    public void Check(ICollection<string> failures) => Choose().Check(failures);

    /// <summary>Gives the tier to the builder of the store.</summary>
    public void Apply(IServiceProvider provider, MvStoreBuilder builder) => Choose().Apply(provider, builder);

    private static void Change(Action<SqliteTierOptions>? configure, SqliteTierOptions options, ICollection<string> failures)
    {
        try
        {
            configure?.Invoke(options);
        }
        catch (ArgumentException e)
        {
            failures.Add($"A setting of '{options.Path}' that UseSqlite was given is not allowed: {SettingText.ReasonOf(e)}");
        }
    }

    private TierChoice Choose()
    {
        var choice = new TierChoice();
        foreach (var step in _steps)
        {
            step(choice);
        }

        return choice;
    }
}
