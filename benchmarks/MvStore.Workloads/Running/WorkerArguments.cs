using System.Globalization;
using System.Text.Json;

namespace MvStore.Workloads.Running;

/// <summary>What the process of one engine is started with; and how it and its parent talk: lines on the standard streams.</summary>
internal sealed record WorkerArguments(string Engine, StoreShape Shape, long Keys, string Directory)
{
    /// <summary>The first argument of a worker's command line.</summary>
    public const string Verb = "worker";

    /// <summary>What is written to the stream without it is chatter of an engine.</summary>
    private const string Mark = "mvstore-workload ";

    public static bool Match(string[] arguments) => arguments is [Verb, _, _, _, _];

    public static WorkerArguments Parse(string[] arguments)
        => new(arguments[1], Enum.Parse<StoreShape>(arguments[2]), long.Parse(arguments[3], CultureInfo.InvariantCulture), arguments[4]);

    public string[] ToArguments() => [Verb, Engine, Shape.ToString(), Keys.ToString(CultureInfo.InvariantCulture), Directory];

    public static string ToLine(WorkerReply reply) => Mark + JsonSerializer.Serialize(reply);

    public static WorkerReply? ReplyIn(string line)
        => line.StartsWith(Mark, StringComparison.Ordinal) ? JsonSerializer.Deserialize<WorkerReply>(line[Mark.Length..]) : null;
}
