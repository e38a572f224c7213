using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Tests.Verifying;

/// <summary>Damage below SQLite: bits, pages and the length of the file.</summary>
public sealed class FileDamageTests : IAsyncLifetime
{
    private const int PageBytes = 4_096;

    private readonly SqliteLocation _location = new();
    private IReadOnlyList<TierRow> _rows = [];
    private byte[] _sound = [];

    public async Task InitializeAsync()
    {
        _rows = await SampleStore.MakeAsync(_location);
        _sound = await File.ReadAllBytesAsync(_location.Path);
    }

    public async Task DisposeAsync() => await _location.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task F3_AFlippedBitIsFoundOrChangesNothing(int seed)
    {
        var random = new Random(seed);
        var found = 0;
        for (var i = 0; i < 60; i++)
        {
            var bytes = _sound.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            found += await IsFoundAsync(bytes) ? 1 : 0;
        }

        found.Should().BeGreaterThan(20, "most of the file is in use");
    }

    [Theory]
    [InlineData("key0100")]
    [InlineData("value of 100 ")]
    public async Task F3_EveryFlippedBitOfAKeyOrValueIsFound(string text)
    {
        var places = PlacesOf(Rows.Key(text).Span);
        places.Should().NotBeEmpty();
        for (var bit = 0; bit < text.Length * 8; bit++)
        {
            var bytes = _sound.ToArray();
            // What SQLite moves it leaves where it was, too; only one of the places is in use.
            places.ForEach(at => bytes[at + (bit / 8)] ^= (byte)(1 << (bit % 8)));
            (await IsFoundAsync(bytes)).Should().BeTrue("bit {0} was flipped", bit);
        }
    }

    [Fact]
    public async Task F3_SwappedPagesAreFound()
    {
        var pages = _sound.Length / PageBytes;
        var random = new Random(7);
        for (var i = 0; i < 40; i++)
        {
            var (a, b) = (random.Next(2, pages), random.Next(2, pages));
            var bytes = _sound.ToArray();
            _sound.AsSpan(a * PageBytes, PageBytes).CopyTo(bytes.AsSpan(b * PageBytes));
            _sound.AsSpan(b * PageBytes, PageBytes).CopyTo(bytes.AsSpan(a * PageBytes));
            (await IsFoundAsync(bytes)).Should().Be(!bytes.AsSpan().SequenceEqual(_sound), "page {0} and {1} were swapped", a, b);
        }
    }

    [Fact]
    public async Task F3_ALostPageIsFound()
    {
        for (var page = 1; page < _sound.Length / PageBytes; page++)
        {
            var bytes = _sound.ToArray();
            bytes.AsSpan(page * PageBytes, PageBytes).Clear();
            (await IsFoundAsync(bytes)).Should().BeTrue("page {0} was cleared", page);
        }
    }

    [Fact]
    public async Task F3_ATruncatedFileIsFound()
    {
        for (var pages = 0; pages < _sound.Length / PageBytes; pages++)
        {
            (await IsFoundAsync(_sound[..(pages * PageBytes)])).Should().BeTrue("{0} pages are left", pages);
        }
    }

    private List<int> PlacesOf(ReadOnlySpan<byte> text)
    {
        List<int> places = [];
        for (var at = 0; _sound.AsSpan(at).IndexOf(text) is var next and >= 0; at += next + 1)
        {
            places.Add(at + next);
        }

        return places;
    }

    // Verification finds it, or refuses the file; and whatever it says, no read returns what was never written, and if it finds nothing, all
    // that was written.
    private async Task<bool> IsFoundAsync(byte[] bytes)
    {
        await File.WriteAllBytesAsync(_location.Path, bytes);
        File.Delete(_location.Path + ".lock"); // the mark of an earlier opening says that this file is behind
        var report = default(VerificationReport);
        try
        {
            report = await SqliteStoreFile.VerifyAsync(_location.Path);
        }
        catch (Exception e) when (e is StoreFormatException or PersistentTierException)
        {
            return true;
        }

        (await File.ReadAllBytesAsync(_location.Path)).AsSpan().SequenceEqual(bytes).Should().BeTrue("verification changes nothing");
        var read = await ReadAsync();
        if (report.IsSound)
        {
            read.Should().Equal(Rows.Texts(_rows.OrderBy(r => Convert.ToHexString(r.Key.Span), StringComparer.Ordinal).ThenByDescending(r => r.Version)));
        }
        else
        {
            read?.Should().BeSubsetOf(Rows.Texts(_rows));
        }

        return !report.IsSound;
    }

    private async Task<string[]?> ReadAsync()
    {
        try
        {
            await using var tier = await _location.OpenAsync();
            var scan = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 10_000);
            return Rows.Texts((await tier.ScanAsync(scan, default)).Rows);
        }
        catch (Exception e) when (e is StoreFormatException or PersistentTierException or SqliteException)
        {
            return null;
        }
    }
}
