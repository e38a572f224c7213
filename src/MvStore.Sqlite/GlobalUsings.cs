global using MvStore.Contracts;
global using MvStore.Sqlite.Connections;
global using MvStore.Sqlite.Copying;
global using MvStore.Sqlite.Files;
global using MvStore.Sqlite.Format;
global using MvStore.Sqlite.Reading;
global using MvStore.Sqlite.Verifying;
global using MvStore.Sqlite.Writing;
