using System.Globalization;
using MvStore.Tests.Model;

namespace MvStore.Tests.Scenarios;

/// <summary>The settings a script asks for: <c>options retain=10 retain-operators=2 page-rows=1 skip=3</c>.</summary>
internal sealed class ScenarioOptions
{
    private const string Operators = "retain-operators";

    private readonly Dictionary<string, ulong> _values = new(StringComparer.Ordinal);

    /// <summary>Whether operators have a retention of their own.</summary>
    public bool RetainsOperators => _values.ContainsKey(Operators);

    public void Read(ScenarioArguments arguments)
    {
        while (!arguments.IsEmpty)
        {
            var (name, value) = ScenarioArguments.Pair(arguments.Word());
            _values[name] = ulong.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
        }
    }

    public void Configure(MvStoreOptions options)
    {
        foreach (var (name, value) in _values)
        {
            _ = name switch
            {
                "retain" => options.GarbageCollection.RetainVersions = value,
                Operators => options.GarbageCollection.RetainVersionsByKind[FirstByteClassifier.Operator] = value,
                "page-rows" => (ulong)(options.Persistence.ReadPageRows = (int)value),
                "skip" => (ulong)(options.Persistence.MaxSkippedPerPage = (int)value),
                "max-key" => (ulong)(options.Buffer.MaxKeyLength = (int)value),
                "max-value" => (ulong)(options.Buffer.MaxValueLength = (int)value),
                _ => throw new FormatException($"'{name}' is not an option."),
            };
        }
    }

    public void Build(MvStoreBuilder builder)
    {
        if (RetainsOperators)
        {
            builder.UseKeyClassifier(new FirstByteClassifier(precise: true));
        }
    }
}
