using System.IO.Compression;
using System.Xml.Linq;

namespace MvStore.Packages.Tests;

/// <summary>A package, opened.</summary>
internal sealed class Package : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly XElement _metadata;

    public Package(string path)
    {
        Path = path;
        _archive = ZipFile.OpenRead(path);
        _metadata = Load(_archive.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The files in it, without those that every package has.</summary>
    public IReadOnlyList<string> Files
        => [.. _archive.Entries.Select(e => e.FullName).Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal)
            && !name.StartsWith("package/", StringComparison.Ordinal) && !name.EndsWith(".nuspec", StringComparison.Ordinal) && name != "[Content_Types].xml")];

    /// <summary>The packages it needs, with the lowest version of each.</summary>
    public IReadOnlyDictionary<string, string> Dependencies
        => _metadata.Descendants().Where(e => e.Name.LocalName == "dependency").ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);

    /// <summary>What it says of itself under a name; null for nothing.</summary>
    public string? this[string name] => _metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;

    /// <summary>A file as text.</summary>
    public string Read(string file)
    {
        using var reader = new StreamReader(Open(file));
        return reader.ReadToEnd();
    }

    /// <summary>A file as bytes.</summary>
    public byte[] ReadBytes(string file)
    {
        using var stream = Open(file);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public void Dispose() => _archive.Dispose();

    private Stream Open(string file) => (_archive.GetEntry(file) ?? throw new FileNotFoundException($"{Path} has no {file}.")).Open();

    private static XElement Load(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        return XDocument.Load(stream).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
    }
}
