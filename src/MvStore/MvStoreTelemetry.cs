using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MvStore;

/// <summary>
/// The names under which stores tell what they do, for whoever collects it (OpenTelemetry, <c>dotnet-counters</c>, a <see cref="MeterListener"/>). Units are those of UCUM, as
/// OpenTelemetry's conventions ask. Nothing carries key or value bytes (contract F8). Without a listener nothing is measured.
/// </summary>
public static class MvStoreTelemetry
{
    /// <summary>The name of each store's <see cref="Meter"/>. Its tag <c>mvstore.store.name</c> is <see cref="MvStoreOptions.Name"/>; README lists the instruments.</summary>
    public const string MeterName = "MvStore";

    /// <summary>The name of the <see cref="ActivitySource"/> whose activities are flushes (<c>mvstore.flush</c>), runs of reclamation (<c>mvstore.reclaim</c>) and openings (<c>mvstore.open</c>).</summary>
    public const string ActivitySourceName = "MvStore";
}
