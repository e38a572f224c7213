// Each proof uses all cores by itself; one after the other they can be timed.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
