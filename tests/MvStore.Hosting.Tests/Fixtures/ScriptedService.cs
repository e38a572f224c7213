using Microsoft.Extensions.Hosting;

namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>A hosted service that does what a test says.</summary>
internal sealed class ScriptedService(Func<Task> start, Func<Task> stop) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => start();

    public Task StopAsync(CancellationToken cancellationToken) => stop();
}
