using MvStore.Comparisons;
using MvStore.Comparisons.Reporting;
using MvStore.Workloads.Running;

return new WorkloadProgram(
    "Runs the workloads on MvStore and on other engines, each in a process of its own, and writes what came of it.",
    EngineCatalog.All,
    ReportFiles.DefaultPath,
    ReportFiles.Write).Run(args);
