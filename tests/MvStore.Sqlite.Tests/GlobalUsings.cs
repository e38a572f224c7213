global using MvStore.Conformance;
