using Microsoft.Extensions.Options;
using MvStore.Hosting.Running;

namespace MvStore.Hosting.Binding;

/// <summary>
/// Checks the options of one store: that everything configured could be read, and that every value is in its range. A message names the setting by its path in configuration if it is
/// there, and otherwise the store and the setting. Safe from any thread.
/// </summary>
internal sealed class SettingsValidator<T>(
    StoreRegistration registration,
    SettingTable<T> table,
    Func<T> create,
    IValidateOptions<T> ranges,
    Action<ICollection<string>>? checkMore = null)
    : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options)
    {
        if (name != registration.OptionsName)
        {
            return ValidateOptionsResult.Skip;
        }

        var failures = new List<string>();
        foreach (var section in registration.Sections)
        {
            table.Read(section, create(), failures);
        }

        checkMore?.Invoke(failures);
        failures.AddRange((ranges.Validate(name, options).Failures ?? []).Select(AsConfigured));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    // A message of the ranges begins with the setting, in the words of the code.
    private string AsConfigured(string failure)
    {
        var end = failure.IndexOf(' ', StringComparison.Ordinal);
        var setting = failure[..end].Replace('.', ':');
        var path = registration.Sections.Select(section => table.PathOf(section, setting)).LastOrDefault(found => found is not null);
        return path is null ? $"{registration.Label}: {failure}" : path + failure[end..];
    }
}
