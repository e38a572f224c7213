using MvStore.Sqlite;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>
/// What people do wrong with a store and its builder, by name: each is an error of its kind, which says what is wrong and what to do instead, and leaves the store as it was. Wrong settings are in
/// <see cref="OptionsTests"/>, nulls in <see cref="BadInputTests"/>, wrong configuration of a host in the tests of MvStore.Hosting.
/// </summary>
public sealed class MisuseTests
{
    private static readonly Dictionary<string, (Func<Misuse, Task> Act, Type Error, string[] Words)> Table = new()
    {
        // Building and opening.
        ["a builder used twice"] = (m => m.UsedBuilder.OpenAsync().Guarded(), typeof(InvalidOperationException), ["make a new one for each store"]),
        ["a builder changed after it opened a store"] = (m => Now(() => m.UsedBuilder.Configure(o => o.Name = "late")), typeof(InvalidOperationException), ["make a new one for each store"]),
        ["a listener added after opening"] = (m => Now(() => m.UsedBuilder.AddFlushListener(new FlushRecorder())), typeof(InvalidOperationException), ["make a new one for each store"]),
        ["a SQLite tier given to two stores"] = (m => m.OpenAgainOnTheSqliteTierAsync(), typeof(InvalidOperationException), ["Make another one for another store"]),
        ["a store opened twice"] = (m => m.OpenFileTwiceAsync(), typeof(StoreInUseException), ["shop.db", "dispose the other store"]),
        ["a commit log without a tier"] = (m => new MvStoreBuilder().Configure(o => o.CommitLog.Directory = m.PathOf("log")).OpenAsync().Guarded(), typeof(InvalidOperationException), ["CommitLog.Directory", "give the builder one"]),
        ["a directory that does not exist"] = (m => m.OpenFileAsync("nowhere/shop.db"), typeof(PersistentTierException), ["nowhere", "does not exist", "Make it first"]),
        ["a directory instead of a file"] = (m => m.OpenFileAsync("."), typeof(StoreFormatException), ["is a directory", "Name a file"]),
        ["a text file"] = (m => m.OpenFileWithAsync("text.db", "not a store"), typeof(StoreFormatException), ["not a SQLite file", "Name another file"]),
        ["an empty file"] = (m => m.OpenFileWithAsync("empty.db", string.Empty), typeof(StoreFormatException), ["is empty", "delete the file"]),
        ["SQLite's in-memory database"] = (m => Now(() => new MvStoreBuilder().UseSqlite(":memory:")), typeof(ArgumentException), ["without a tier"]),
        ["a URI for a path"] = (m => Now(() => new MvStoreBuilder().UseSqlite("file:shop.db")), typeof(ArgumentException), ["by a path"]),
        ["no path"] = (m => Now(() => new MvStoreBuilder().UseSqlite(" ")), typeof(ArgumentException), ["path"]),
        ["an odd page size"] = (m => Now(() => new MvStoreBuilder().UseSqlite("a.db", o => o.PageBytes = 1_000)), typeof(ArgumentOutOfRangeException), ["power of two", "512"]),
        ["no connection to read"] = (m => Now(() => new MvStoreBuilder().UseSqlite("a.db", o => o.MaxReadConnections = 0)), typeof(ArgumentOutOfRangeException), ["1 to 64"]),

        // Committing.
        ["version 0"] = (m => m.Store.CommitAsync(new WriteBatch(), 0).Guarded(), typeof(ArgumentOutOfRangeException), ["1 to 9223372036854775807"]),
        ["latest as the version of a commit"] = (m => m.Store.CommitAsync(new WriteBatch(), CommitVersion.Latest).Guarded(), typeof(ArgumentOutOfRangeException), ["1 to 9223372036854775807"]),
        ["a version above 2^63-1"] = (m => m.Store.CommitAsync(new WriteBatch(), 1UL << 63).Guarded(), typeof(ArgumentOutOfRangeException), ["9223372036854775808", "1 to"]),
        ["no batch"] = (m => m.Store.CommitAsync(null!, 20).Guarded(), typeof(ArgumentNullException), ["batch"]),
        ["a durability that there is not"] = (m => m.Store.CommitAsync(new WriteBatch(), 20, (Durability)7).Guarded(), typeof(ArgumentOutOfRangeException), ["Buffered, Logged or Durable", "durability"]),
        ["a key that is too long"] = (m => m.Store.CommitAsync(new WriteBatch().Set(new byte[65_536], []), 20).Guarded(), typeof(ArgumentException), ["delta 0", "65536", "65535", "Nothing was applied"]),
        ["a value that is too long"] = (m => m.Store.CommitAsync(new WriteBatch().Set("a", new string('x', 101)), 20).Guarded(), typeof(ArgumentException), ["delta 0", "101", "100", "Nothing was applied"]),
        ["the same key and version again"] = (m => m.Store.SetAsync(10, "a", "2"), typeof(DuplicateVersionException), ["Version 10", "Commit at a version of its own"]),
        ["a commit below the floor"] = (m => m.Pruned.SetAsync(5, "a", "2"), typeof(BelowFloorException), ["Version 5", "commit above it"]),
        ["durability without a tier"] = (m => m.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded(), typeof(DurabilityUnavailableException), ["Give the builder a persistent tier"]),
        ["a flush without a tier"] = (m => m.Store.FlushAsync().Guarded(), typeof(DurabilityUnavailableException), ["Give the builder a persistent tier"]),
        ["waiting for durability without a tier"] = (m => m.Store.WaitForDurableAsync(10).Guarded(), typeof(DurabilityUnavailableException), ["Give the builder a persistent tier"]),
        ["a commit that is more than the limit"] = (m => m.Cramped.CommitAsync(new WriteBatch().Set("a", new string('x', 200_000)), 20).Guarded(), typeof(CapacityExceededException), ["Nothing was applied", "Cut it, or raise the limit"]),
        ["a batch of negative capacity"] = (m => Now(() => new WriteBatch(-1)), typeof(ArgumentOutOfRangeException), ["capacity"]),
        ["a delta that the batch does not have"] = (m => Now(() => new WriteBatch().Deltas[0]), typeof(ArgumentOutOfRangeException), ["index"]),

        // Reading.
        ["a read below the floor"] = (m => m.Pruned.ReadAsync("a", 5), typeof(BelowFloorException), ["Version 5", "Read at the floor or above"]),
        ["a snapshot below the floor"] = (m => Now(() => m.Pruned.OpenSnapshot(5)), typeof(BelowFloorException), ["Version 5", "Read at the floor or above"]),
        ["a page of no rows"] = (m => m.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, pageSize: 0).Guarded(), typeof(ArgumentOutOfRangeException), ["pageSize", "'1'"]),
        ["a direction that there is not"] = (m => m.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, (ScanDirection)7).Guarded(), typeof(ArgumentOutOfRangeException), ["Forward or Reverse"]),
        ["a token for another range"] = (m => m.ContinueAsync(KeyRange.Prefix("a"u8)), typeof(ArgumentException), ["another range", "begin the scan again"]),
        ["a token that was cut"] = (m => m.ContinueAsync(KeyRange.All, cut: 1), typeof(ArgumentException), ["token"]),
        ["a token of another snapshot"] = (m => m.ContinueOnAnotherSnapshotAsync(), typeof(ArgumentException), ["another snapshot", "begin the scan again"]),
        ["the next portion before the last one is read"] = (m => m.SkipAPortionAsync(), typeof(InvalidOperationException), ["not enumerated to its end", "Enumerate it first"]),
        ["a portion read twice"] = (m => m.ReadAPortionTwiceAsync(), typeof(InvalidOperationException), ["enumerated before", "Read the next one"]),
        ["a time before the store was"] = (m => Now(() => m.Store.VersionAt(DateTimeOffset.UnixEpoch)), typeof(UnknownTimeException), ["1970", "Ask for a later time"]),

        // Snapshots and leases.
        ["a snapshot without an owner"] = (m => Now(() => m.Store.OpenSnapshot(10, owner: " ")), typeof(ArgumentException), ["owner"]),
        ["an age limit of nothing"] = (m => Now(() => m.Store.OpenSnapshot(10, "me", TimeSpan.Zero)), typeof(ArgumentOutOfRangeException), ["positive time, or null", "maxAge"]),
        ["an age limit of nothing among options"] = (m => m.OpenWith(new SnapshotOptions { MaxAge = TimeSpan.FromSeconds(-1) }), typeof(ArgumentOutOfRangeException), ["positive time, or null", "MaxAge"]),
        ["a negative budget"] = (m => m.OpenWith(new SnapshotOptions { BudgetBytes = -1 }), typeof(ArgumentOutOfRangeException), ["not negative", "BudgetBytes"]),
        ["a policy that there is not"] = (m => m.OpenWith(new SnapshotOptions { OverBudget = (SnapshotBudgetPolicy)7 }), typeof(ArgumentOutOfRangeException), ["Warn", "OverBudget"]),
        ["a snapshot after it was disposed"] = (m => m.ReadAfterDisposalAsync(), typeof(ObjectDisposedException), ["ISnapshot"]),
        ["a snapshot past its age"] = (m => m.ReadAfterItsAgeAsync(), typeof(SnapshotExpiredException), ["'me'", "open another one"]),
        ["a key out of a snapshot's range"] = (m => m.ReadOutOfScopeAsync(), typeof(OutOfScopeException), ["'me'", "open a snapshot for more"]),
        ["a lease without a tier"] = (m => m.Store.OpenLeaseAsync("lease", 10, TimeSpan.FromDays(1)).Guarded(), typeof(DurabilityUnavailableException), ["Give the builder a persistent tier"]),
        ["a lease without a name"] = (m => m.Stored.OpenLeaseAsync(string.Empty, 10, TimeSpan.FromDays(1)).Guarded(), typeof(ArgumentException), ["1 to 64 printable ASCII characters"]),
        ["a lease for no time"] = (m => m.Stored.OpenLeaseAsync("lease", 10, TimeSpan.Zero).Guarded(), typeof(ArgumentOutOfRangeException), ["positive time from now"]),
        ["a lease that there is not"] = (m => m.Stored.RenewLeaseAsync("lease", TimeSpan.FromDays(1)).Guarded(), typeof(LeaseNotFoundException), ["'lease'", "Open it"]),
        ["a lease of a name that is taken"] = (m => m.OpenLeaseTwiceAsync(), typeof(LeaseExistsException), ["'lease'", "renew it, close it, or choose another name"]),

        // Maintenance and retention.
        ["evicting to less than nothing"] = (m => Now(() => m.Store.Evict(-1)), typeof(ArgumentOutOfRangeException), ["targetBytes"]),
        ["a rollback to what is not before it"] = (m => m.Store.RollBackAsync(target: 20, version: 20).Guarded(), typeof(ArgumentOutOfRangeException), ["below its own", "20"]),
        ["a rollback below the floor"] = (m => m.Pruned.RollBackAsync(target: 5, version: 90).Guarded(), typeof(BelowFloorException), ["Version 5"]),
        ["a retention of negative age"] = (m => Now(() => new Retention(age: TimeSpan.FromTicks(-1))), typeof(ArgumentOutOfRangeException), ["age"]),
        ["a retention of no version"] = (m => Now(() => new Retention(perKey: 0)), typeof(ArgumentOutOfRangeException), ["perKey", "'1'"]),
        ["a strategy that throws"] = (m => m.Strategic.ReclaimAsync().Guarded(), typeof(GarbageCollectionStrategyException), ["ThrowingStrategy", "nothing is reclaimed"]),

        // Afterwards.
        ["a commit to a closed store"] = (m => m.Closed.SetAsync(20, "a", "2"), typeof(ObjectDisposedException), ["IMultiVersionStore"]),
        ["a read of a closed store"] = (m => m.Closed.ReadAsync("a", 10), typeof(ObjectDisposedException), ["IMultiVersionStore"]),
        ["more versions than there are"] = (m => m.ExhaustVersionsAsync(), typeof(InvalidOperationException), ["9223372036854775807"]),
    };

    public static TheoryData<string> Names => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A3_MisuseIsAnErrorThatSaysWhatToDo(string name)
    {
        var (act, expected, words) = Table[name];
        await using var misuse = await Misuse.CreateAsync();

        var error = await Assert.ThrowsAsync(expected, () => act(misuse));

        error.Message.Should().ContainAll(words);
        (await misuse.Store.HistoryAllAsync()).Should().Equal(["a=1@10", "b=1@10"], "nothing was applied");
    }

    private static Task Now(Func<object> act)
    {
        _ = act();
        return Task.CompletedTask;
    }
}
