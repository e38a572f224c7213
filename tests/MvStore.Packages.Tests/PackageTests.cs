namespace MvStore.Packages.Tests;

/// <summary>The tests share one feed, and run one after the other.</summary>
[CollectionDefinition(nameof(PackageTests))]
public sealed class PackageTests : ICollectionFixture<PackageFeed>;
