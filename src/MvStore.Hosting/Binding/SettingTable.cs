using Microsoft.Extensions.Configuration;

namespace MvStore.Hosting.Binding;

/// <summary>
/// The settings of one class of options, and how each is read from configuration: written down instead of found by reflection, so that it survives trimming, and so that every error names
/// the setting as it was configured. Immutable once made; safe from any thread.
/// </summary>
/// <typeparam name="T">The options.</typeparam>
/// <param name="group">Where they are within the section of a store; null for the section itself.</param>
/// <param name="others">Groups within it that are read by others.</param>
internal sealed class SettingTable<T>(string? group, params string[] others)
{
    private readonly Dictionary<string, Action<T, string?>> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Family> _families = [];

    /// <summary>The names of the settings, without those of families.</summary>
    public IEnumerable<string> Names => _settings.Keys;

    /// <summary>The beginnings of the names of settings that differ by what follows.</summary>
    public IEnumerable<string> Families => _families.Select(family => family.Prefix);

    /// <summary>Adds a setting. What <paramref name="set"/> throws, if it is a <see cref="FormatException"/> or an <see cref="ArgumentException"/>, says what is wrong with the value.</summary>
    public SettingTable<T> Add(string name, Action<T, string?> set)
    {
        _settings.Add(name, set);
        return this;
    }

    /// <summary>Adds settings whose names have something behind a prefix, which is handed over.</summary>
    public SettingTable<T> AddFamily(string prefix, Action<T, string, string?> set)
    {
        _families.Add(new Family(prefix, set));
        return this;
    }

    /// <summary>Reads all settings of a section.</summary>
    /// <param name="store">The section of a store.</param>
    /// <param name="target">What they are set in.</param>
    /// <param name="failures">Gets a sentence for each one that cannot be read, or does not exist.</param>
    public void Read(IConfiguration store, T target, ICollection<string> failures)
    {
        foreach (var child in RootOf(store).GetChildren())
        {
            if (!others.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                Walk(child, child.Key, target, failures);
            }
            else if (!string.IsNullOrEmpty(child.Value))
            {
                ReadOne(child, child.Key, target, failures);
            }
        }
    }

    /// <summary>The full path of a setting in configuration; null if it is not configured there.</summary>
    public string? PathOf(IConfiguration store, string name)
    {
        var setting = RootOf(store).GetSection(name);
        return setting.Exists() ? setting.Path : null;
    }

    private IConfiguration RootOf(IConfiguration store) => group is null ? store : store.GetSection(group);

    private void Walk(IConfigurationSection section, string name, T target, ICollection<string> failures)
    {
        var isLeaf = true;
        foreach (var child in section.GetChildren())
        {
            isLeaf = false;
            Walk(child, $"{name}:{child.Key}", target, failures);
        }

        if (isLeaf || !string.IsNullOrEmpty(section.Value))
        {
            ReadOne(section, name, target, failures);
        }
    }

    private void ReadOne(IConfigurationSection setting, string name, T target, ICollection<string> failures)
    {
        try
        {
            if (_settings.TryGetValue(name, out var set))
            {
                set(target, setting.Value);
            }
            else if (_families.Find(family => name.StartsWith(family.Prefix, StringComparison.OrdinalIgnoreCase)) is { } family)
            {
                family.Set(target, name[family.Prefix.Length..], setting.Value);
            }
            else if (!string.IsNullOrEmpty(setting.Value) || !IsGroup(name))
            {
                failures.Add($"{setting.Path} is no setting of a store.");
            }
        }
        catch (FormatException e)
        {
            failures.Add($"{setting.Path} is '{setting.Value}'; allowed is {e.Message}.");
        }
        catch (ArgumentException e)
        {
            failures.Add($"{setting.Path} is '{setting.Value}': {SettingText.ReasonOf(e)}");
        }
    }

    private bool IsGroup(string name)
        => Names.Concat(Families).Any(known => known.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    private sealed record Family(string Prefix, Action<T, string, string?> Set);
}
