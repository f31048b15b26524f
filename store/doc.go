// Package store keeps what package progress hands it: gorm over SQLite, behind the interface progress.Storage. It decides nothing about
// learners or grades; it maps rows to domain types and database errors to the sentinels of progress.
//
// # Writing
//
// All writes go through one connection that commits in groups: whoever writes while a commit is under way joins the next one, up to 512
// at a time, each in a savepoint of its own, and is answered after the COMMIT is on disk (synchronous=FULL). An error or a panic undoes
// its own savepoint and nobody else's. Reads have a pool of their own that cannot write.
//
// # The schema
//
// Numbered files in migrations/, forward only, each in a transaction and recorded in schema_migrations. A database that a newer version
// made is refused. Before an existing database is migrated a copy is put beside it. The SQL keeps to what SQLite and PostgreSQL share:
// TEXT, INTEGER and BIGINT; instants are milliseconds UTC, booleans 0 and 1, keys are UUIDv7 texts, every row that people make carries
// its organisation.
package store
