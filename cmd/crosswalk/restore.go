package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"crosswalk/store"
)

// restore fills an empty database from a backup. No server may run on it meanwhile.
func restore(ctx context.Context, args []string, io streams) error {
	f := newFlags("restore", io).withDB()
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("it takes the backup to read, as in: crosswalk restore crosswalk-backup.zip")
	}
	b, err := openBackup(rest[0])
	if err != nil {
		return usagef("%v", err)
	}
	defer b.close()
	if err := b.fits(f.data, f.content); err != nil {
		return usagef("%v", err)
	}
	db, err := store.Open(ctx, store.Options{URL: f.db, Path: filepath.Join(f.data, "crosswalk.db"), Logger: newLogger(io, false)})
	if err != nil {
		return err
	}
	told, err := db.Restore(ctx, b.database)
	if errors.Is(err, store.ErrNotEmpty) {
		err = fmt.Errorf("%w. To put a backup in place of what is there, stop the server, move the old database away (with PostgreSQL: make a new one) and try again", err)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	for _, t := range told.Tables {
		if t.Rows > 0 {
			fmt.Fprintf(io.out, "%9d  %s\n", t.Rows, t.Table)
		}
	}
	if told.Cleaned > 0 {
		fmt.Fprintf(io.out, "%d texts held characters that PostgreSQL does not take; each is now the sign \uFFFD.\n", told.Cleaned)
	}
	more, err := b.putFiles(f.data, f.content)
	if err != nil {
		return fmt.Errorf("the database is restored, but not all files: %w", err)
	}
	for _, m := range more {
		fmt.Fprintln(io.out, m)
	}
	fmt.Fprintf(io.out, "%s is restored.\n", rest[0])
	return nil
}
