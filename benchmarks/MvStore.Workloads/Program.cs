using MvStore.Workloads.Engines;
using MvStore.Workloads.Running;

return new WorkloadProgram("Runs the workloads on MvStore.", [MvStoreEngine.Descriptor, MvStoreSqliteEngine.Descriptor]).Run(args);
