using Microsoft.Extensions.Options;
using MvStore.Hosting.Binding;
using MvStore.Sqlite;

namespace MvStore.Hosting.Running;

/// <summary>The persistent tier that follows from everything that was asked for. One thread.</summary>
internal sealed class TierChoice
{
    private readonly List<Action<SqliteTierOptions, ICollection<string>>> _changes = [];
    private Action<IServiceProvider, MvStoreBuilder>? _other;
    private bool _isSqlite;
    private string? _path;

    /// <summary>What the path is called in messages.</summary>
    public string PathSetting { get; set; } = "The path given to UseSqlite";

    /// <summary>Takes SQLite, with what was said of it before.</summary>
    public void UseSqlite(string? path, Action<SqliteTierOptions, ICollection<string>> change)
    {
        _other = null;
        _isSqlite = true;
        _path = path ?? _path;
        _changes.Add(change);
    }

    /// <summary>Takes another tier, and forgets what was said of SQLite.</summary>
    public void UseOther(Action<IServiceProvider, MvStoreBuilder> apply)
    {
        _other = apply;
        _isSqlite = false;
        _path = null;
        _changes.Clear();
    }

    /// <summary>Finds what is wrong.</summary>
    public void Check(ICollection<string> failures)
    {
        if (!_isSqlite)
        {
            return;
        }

        if (_path is null)
        {
            failures.Add($"{PathSetting} is missing; it names the store's file.");
            return;
        }

        try
        {
            Change(new SqliteTierOptions(_path), failures);
        }
        catch (ArgumentException e)
        {
            failures.Add($"{PathSetting} is '{_path}': {SettingText.ReasonOf(e)}");
        }
    }

    /// <summary>Gives the tier to a builder.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong that was right when the host validated its options.</exception>
    public void Apply(IServiceProvider provider, MvStoreBuilder builder)
    {
        if (_isSqlite)
        {
            builder.UseSqlite(_path!, Change);
        }

        _other?.Invoke(provider, builder);
    }

    private void Change(SqliteTierOptions options)
    {
        var failures = new List<string>();
        Change(options, failures);
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(SqliteTierOptions), typeof(SqliteTierOptions), failures);
        }
    }

    private void Change(SqliteTierOptions options, ICollection<string> failures)
    {
        foreach (var change in _changes)
        {
            change(options, failures);
        }
    }
}
