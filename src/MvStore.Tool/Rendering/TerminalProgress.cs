using Spectre.Console;

namespace MvStore.Tool.Rendering;

/// <summary>Draws a bar with rate and time left; for terminals.</summary>
internal sealed class TerminalProgress(TextWriter writer, TimeProvider time) : IProgressView
{
    /// <inheritdoc/>
    public async Task<T> RunAsync<T>(ProgressPlan plan, Func<IProgressMeter, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        var meter = new Meter(plan, time);
        return await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new FiguresColumn(meter, static f => $"{f.Percent} %"),
                new FiguresColumn(meter, static f => f.Counts),
                new FiguresColumn(meter, static f => f.RateText),
                new FiguresColumn(meter, static f => f.LeftText))
            .StartAsync(async context =>
            {
                meter.Bar = context.AddTask(Markup.Escape(plan.Title), maxValue: Math.Max(1, plan.Total));
                meter.Report(plan.Start);
                return await work(meter);
            });
    }

    private sealed class Meter(ProgressPlan plan, TimeProvider time) : IProgressMeter
    {
        private readonly long _began = time.GetTimestamp();
        private long _done = plan.Start;

        public ProgressTask? Bar { get; set; }

        public ProgressFigures Figures => new(plan, Interlocked.Read(ref _done), time.GetElapsedTime(_began));

        public void Report(long done)
        {
            Interlocked.Exchange(ref _done, done);
            Bar!.Value = done;
        }
    }

    private sealed class FiguresColumn(Meter meter, Func<ProgressFigures, string> show) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override Spectre.Console.Rendering.IRenderable Render(
            Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(show(meter.Figures));
    }
}
