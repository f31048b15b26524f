// Package storetest says what every progress.Storage must do, as tests that run against one. A database that is to join runs Run with a
// factory for empty storages.
package storetest
