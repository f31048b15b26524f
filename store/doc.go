// Package store keeps what package progress hands it: gorm over SQLite or PostgreSQL, behind the interface progress.Storage. It decides
// nothing about learners or grades; it maps rows to domain types and database errors to the sentinels of progress.
//
// # Writing
//
// All writes go through one connection, with PostgreSQL several, that commit in groups: whoever writes while a commit is under way joins
// the next one, up to 512 at a time, each in a savepoint of its own, and is answered after the COMMIT is on disk (synchronous=FULL,
// synchronous_commit=on). An error or a panic undoes its own savepoint and nobody else's. Reads have a pool of their own that cannot write.
//
// With PostgreSQL write transactions are REPEATABLE READ and others write at the same time. What is read and then acted upon must be
// refused when another changes it meanwhile: write the row (DB.found), or rest on a key. Refused work is run again, see writer. A unit of
// work may thus run several times.
//
// # The schema
//
// Numbered files in migrations/, forward only, each in a transaction and recorded in schema_migrations. A database that a newer version
// made is refused. Before an existing SQLite database is migrated a copy is put beside it. The SQL keeps to what SQLite and PostgreSQL
// share: TEXT, INTEGER and BIGINT, with texts compared by bytes and integers of 64 bits in both (dialect.ddl); instants are milliseconds
// UTC, booleans 0 and 1, keys are UUIDv7 texts, every row that people make carries its organisation.
package store
