package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"crosswalk/store"
)

// backup copies the database into one file, while a server may be running. It never writes over a file.
func backup(ctx context.Context, args []string, io streams) error {
	f := newFlags("backup", io).withDB()
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("it takes the file to write, as in: crosswalk backup crosswalk-backup.db")
	}
	if _, err := os.Stat(rest[0]); err == nil {
		return usagef("%s is there already; choose another name", rest[0])
	}
	db, err := store.Open(ctx, store.Options{URL: f.db, Path: filepath.Join(f.data, "crosswalk.db"), MustExist: true, Logger: newLogger(io, false)})
	if errors.Is(err, store.ErrNoDatabase) {
		return usagef("there is no database in %s", f.data)
	}
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Backup(ctx, rest[0]); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is written. To use it, stop the server and put it in place of crosswalk.db.\n", rest[0])
	return nil
}
