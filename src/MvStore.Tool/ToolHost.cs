namespace MvStore.Tool;

/// <summary>
/// Everything a command touches outside its own logic: where it stands, where it writes, what the time is. Commands never use
/// <see cref="Console"/>, so that each can be run without one.
/// </summary>
/// <param name="Directory">The directory the command was started in; relative paths begin here.</param>
/// <param name="Output">The result as bytes. A command uses this or <paramref name="Text"/>, not both.</param>
/// <param name="Text">The result as text.</param>
/// <param name="OutputIsTerminal">Whether a person reads the result directly.</param>
/// <param name="Error">Messages and progress.</param>
/// <param name="ErrorIsTerminal">Whether a person watches the progress.</param>
/// <param name="Time">The clock.</param>
internal sealed record ToolHost(
    string Directory,
    Stream Output,
    TextWriter Text,
    bool OutputIsTerminal,
    TextWriter Error,
    bool ErrorIsTerminal,
    TimeProvider Time)
{
    /// <summary>A path as the user typed it, made absolute.</summary>
    public string Absolute(string path) => Path.GetFullPath(path, Directory);
}
