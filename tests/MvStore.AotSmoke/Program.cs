using MvStore.AotSmoke;

// What a host does on its first day, compiled ahead of time: a reflection or code generation that slipped in shows here.
var folder = Directory.CreateTempSubdirectory("mvstore-aot-");
try
{
    var path = Path.Combine(folder.FullName, "smoke.db");
    await Smoke.WriteAsync(path);
    await Smoke.ReadAgainAsync(path);
    await HostSmoke.RunAsync(path);
    Console.WriteLine("written, reopened, read, hosted");
    return 0;
}
catch (SmokeException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
finally
{
    folder.Delete(recursive: true);
}
