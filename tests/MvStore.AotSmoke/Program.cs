await MvStore.AotSmoke.Smoke.RunAsync();
