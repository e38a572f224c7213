using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace MvStore.Tests.Documentation;

/// <summary>
/// Compiles a snippet against what these tests run on, and runs it as a process of its own, in an empty folder. The program lies beside
/// the tests so that it finds their dependencies.
/// </summary>
internal sealed class SnippetProgram : IDisposable
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // Older references of packages stand for newer assemblies, as in any project.
    private static readonly KeyValuePair<string, ReportDiagnostic>[] Unified = [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private readonly string _name = $"Snippet.{Guid.NewGuid():N}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mvstore-snippet-");

    private string ProgramPath => Path.Combine(AppContext.BaseDirectory, _name + ".dll");

    /// <summary>Compiles the program.</summary>
    /// <param name="code">Top-level statements, with the usings that a new project has.</param>
    /// <returns>Errors and warnings.</returns>
    public IReadOnlyList<string> Compile(string code)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            _name,
            [CSharpSyntaxTree.ParseText(code, options), CSharpSyntaxTree.ParseText(ImplicitUsings, options)],
            References.Value,
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication,
                optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: Unified));
        var result = compilation.Emit(ProgramPath);
        return [.. result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString())];
    }

    /// <summary>Runs the compiled program to its end.</summary>
    /// <returns>The exit code and everything it printed, errors last.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync()
    {
        using var process = Process.Start(StartInfo())!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The program was still running after {Limit}.");
        }
    }

    public void Dispose()
    {
        File.Delete(ProgramPath);
        _folder.Delete(recursive: true);
    }

    private ProcessStartInfo StartInfo()
    {
        var tests = Path.Combine(AppContext.BaseDirectory, typeof(SnippetProgram).Assembly.GetName().Name!);
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        string[] arguments = ["exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", ProgramPath];
        return new ProcessStartInfo(host, arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
