namespace MvStore.Tool.Watching;

/// <summary>An event of a trace.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fields">The values of its first fields, by name, as text: those up to the first one whose kind is not known here.</param>
internal sealed record TraceEvent(string Name, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>The value of a field; empty if it is not there.</summary>
    public string this[string field] => Fields.GetValueOrDefault(field, "");
}
