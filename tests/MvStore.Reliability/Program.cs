using MvStore.Reliability.Kills;

// Not how tests are run: the tests start this assembly as a process of its own, and kill it.
return await Victim.RunAsync(args);
