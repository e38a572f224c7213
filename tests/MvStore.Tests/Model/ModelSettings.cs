using System.Globalization;

namespace MvStore.Tests.Model;

/// <summary>
/// What one seed decides before the first operation: keys, page sizes, retention, base version. Small on purpose: bugs live at the edges
/// of pages, slices and steps, and tiny limits put an edge everywhere.
/// </summary>
internal sealed class ModelSettings
{
    private static readonly byte[][] Alphabet =
    [
        [],
        [0x00],
        [0x00, 0x00],
        [0x00, 0xFF],
        [0x61],
        [0x61, 0x00],
        [0x61, 0x61],
        [0x61, 0xFF],
        [0x61, 0xFF, 0xFF],
        [0x62],
        [0x62, 0x00],
        [0x62, 0xFF],
        [0x63],
        [0x7F],
        [0x80],
        [0xFE, 0xFF],
        [0xFF],
        [0xFF, 0x00],
        [0xFF, 0xFF],
        [0xFF, 0xFF, 0x00],
    ];

    public ModelSettings(int seed)
    {
        var random = new Random(seed);
        Seed = seed;
        Keys = [.. Alphabet.OrderBy(_ => random.Next()).Take(Pick(random, 2, 3, 5, 8, Alphabet.Length))];
        ReadPageRows = Pick(random, 1, 2, 3, 7, 1000);
        MaxSkippedPerPage = Pick(random, 1, 2, 3, 10, 10_000);
        ReclaimStepVersions = Pick(random, 1, 2, 5, 10_000);
        MaxSliceBytes = Pick(random, 1, 40, 64L * 1024 * 1024);
        MemoryBudget = Pick(random, 0, 600, 256L * 1024 * 1024);
        RetainVersions = Pick<ulong?>(random, null, 0, 1, 4, 20);
        Classified = random.Next(2) == 0;
        Classifier = new FirstByteClassifier(precise: random.Next(2) == 0);
        if (Classified)
        {
            RetainByKind[FirstByteClassifier.Operator] = Pick<ulong?>(random, null, 0, 2, 30);
            if (random.Next(2) == 0)
            {
                RetainByKind[FirstByteClassifier.Source] = Pick<ulong?>(random, null, 0, 10);
            }
        }

        // Most stores begin at 1. Some begin far up, where a signed or a 32-bit number would show.
        BaseVersion = Pick(random, 1UL, 1UL, 1UL, uint.MaxValue - 20UL, CommitVersion.Max.Value - 2_000UL);
        RetainPerKey = Pick(random, 1, 1, 2, 3);

        // How many versions of a key there were at or below its floor, the reference cannot tell once the key was dropped.
        ReclaimsDeletedKeys = RetainPerKey == 1 && random.Next(4) != 0;
    }

    public int Seed { get; }

    public IReadOnlyList<byte[]> Keys { get; }

    public int ReadPageRows { get; }

    public int MaxSkippedPerPage { get; }

    public int ReclaimStepVersions { get; }

    public long MaxSliceBytes { get; }

    public long MemoryBudget { get; }

    /// <summary>Whether a flush may be followed by an eviction that nobody waits for.</summary>
    public bool EvictsByItself => MemoryBudget < 1_000_000;

    public ulong? RetainVersions { get; }

    /// <summary>How many versions of each key stay at or below its floor.</summary>
    public int RetainPerKey { get; }

    /// <summary>Whether deleted keys go for good.</summary>
    public bool ReclaimsDeletedKeys { get; }

    public bool Classified { get; }

    public FirstByteClassifier Classifier { get; }

    public Dictionary<EntryKind, ulong?> RetainByKind { get; } = [];

    public ulong BaseVersion { get; }

    public void Apply(MvStoreOptions options)
    {
        options.Name = "model";
        options.Buffer.MemoryBudget = MemoryBudget;
        options.Flush.MaxSliceBytes = MaxSliceBytes;
        options.Persistence.ReadPageRows = ReadPageRows;
        options.Persistence.MaxSkippedPerPage = MaxSkippedPerPage;
        options.Persistence.ReclaimStepVersions = ReclaimStepVersions;
        options.GarbageCollection.RetainVersions = RetainVersions;
        options.GarbageCollection.RetainPerKey = RetainPerKey;
        options.GarbageCollection.ReclaimDeletedKeys = ReclaimsDeletedKeys;
        foreach (var (kind, distance) in RetainByKind)
        {
            options.GarbageCollection.RetainVersionsByKind[kind] = distance;
        }
    }

    /// <summary>The same, for storage that fails transiently now and then.</summary>
    public void ApplyWithoutGivingUp(MvStoreOptions options)
    {
        Apply(options);
        options.Persistence.MaxAttempts = 1_000;
        options.Persistence.ReadPageBytes = ReadPageRows;
    }

    public ulong? RetentionOf(EntryKind kind) => RetainByKind.TryGetValue(kind, out var own) ? own : RetainVersions;

    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Keys.Count} keys, pages of {ReadPageRows}, {MaxSkippedPerPage} skipped, steps of {ReclaimStepVersions}, "
            + $"slices of {MaxSliceBytes}, budget {MemoryBudget}, retain {RetainVersions?.ToString(CultureInfo.InvariantCulture) ?? "all"}, "
            + $"{RetainPerKey} of each key, deleted keys {(ReclaimsDeletedKeys ? "go" : "stay")}, by kind [{string.Join(", ", RetainByKind)}], base {BaseVersion}");

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
