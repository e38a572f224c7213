using MvStore.Comparisons;
using MvStore.Workloads.Running;

return new WorkloadProgram("Runs the workloads on MvStore and on other engines.", EngineCatalog.All).Run(args);
