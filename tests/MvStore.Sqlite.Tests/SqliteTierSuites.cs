namespace MvStore.Sqlite.Tests;

public sealed class SqliteOpening : OpeningConformance<SqliteLocation>;

public sealed class SqliteApplying : ApplyingConformance<SqliteLocation>;

public sealed class SqliteOwnership : OwnershipConformance<SqliteLocation>;

public sealed class SqliteCapabilities : CapabilityConformance<SqliteLocation>;

public sealed class SqliteCancellation : CancellationConformance<SqliteLocation>;

public sealed class SqlitePages : PageConformance<SqliteLocation>;

public sealed class SqlitePointReads : PointReadConformance<SqliteLocation>;

public sealed class SqliteScans : ScanConformance<SqliteLocation>;

public sealed class SqliteHistory : HistoryConformance<SqliteLocation>;

public sealed class SqliteFloors : FloorConformance<SqliteLocation>;

public sealed class SqliteDrops : DropConformance<SqliteLocation>;

public sealed class SqliteNotes : NoteConformance<SqliteLocation>;

public sealed class SqliteReclamation : ReclamationConformance<SqliteLocation>;

public sealed class SqliteRandom : RandomConformance<SqliteLocation>;

/// <summary>The suites with limits so small that few entries fit a page of the file and every write checkpoints first.</summary>
public sealed class SqliteTightRandom : RandomConformance<TightSqliteLocation>;

public sealed class SqliteTightScans : ScanConformance<TightSqliteLocation>;

public sealed class SqliteTightHistory : HistoryConformance<TightSqliteLocation>;

public sealed class SqliteTierSuites
{
    [Fact]
    public void F2_EverySuiteIsDerived()
        => ConformanceSuites.MissingFrom<SqliteLocation>(typeof(SqliteTierSuites).Assembly).Should().BeEmpty();
}
