package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"crosswalk/store"
)

// A backup whose name ends in .zip holds the database as databaseName, the book as bookName, the key of signing keys as sealKeyName and the
// content folder's files under contentName; any other is the database alone. Either way the database is an SQLite file, wherever it came from.
const (
	databaseName = "crosswalk.db"
	contentName  = "content/"
)

// backup copies what a server has into one file, while it may be running. It never writes over a file.
func backup(ctx context.Context, args []string, io streams) error {
	f := newFlags("backup", io).withDB()
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("it takes the file to write, as in: crosswalk backup crosswalk-backup.zip, or crosswalk-backup.db for the database alone")
	}
	to := rest[0]
	if _, err := os.Lstat(to); err == nil {
		return usagef("%s is there already; choose another name", to)
	}
	db, err := store.Open(ctx, store.Options{URL: f.db, Path: filepath.Join(f.data, databaseName), MustExist: true, Logger: newLogger(io, false)})
	if errors.Is(err, store.ErrNoDatabase) {
		return usagef("%v", err)
	}
	if err != nil {
		return err
	}
	defer db.Close()
	if !isZip(to) {
		if err := db.Backup(ctx, to); err != nil {
			return err
		}
		fmt.Fprintf(io.out, "%s is written, with the database alone. crosswalk restore puts it back.\n", to)
		return nil
	}
	held, err := zipBackup(ctx, db, to, f.data, f.content)
	if err != nil {
		return fmt.Errorf("backup to %s: %w", to, err)
	}
	fmt.Fprintf(io.out, "%s is written, with %s. crosswalk restore puts it back.\n", to, held)
	return nil
}

func isZip(name string) bool { return strings.EqualFold(filepath.Ext(name), ".zip") }

// zipBackup writes database, book and content, and says what it found. A file that is half written is taken away again.
func zipBackup(ctx context.Context, db *store.DB, to, data, content string) (held string, err error) {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(to)
		}
	}()
	// The copy of the database lies beside the backup, where there is to be room for it.
	dir, err := os.MkdirTemp(filepath.Dir(to), ".crosswalk-backup-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, databaseName)
	if err := db.Backup(ctx, copied); err != nil {
		return "", err
	}
	z := zip.NewWriter(f)
	if err := addFile(z, databaseName, copied); err != nil {
		return "", err
	}
	held = "the database"
	switch err := addFile(z, bookName, filepath.Join(data, bookName)); {
	case err == nil:
		held += ", the book of imported code sets"
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	switch err := addFile(z, sealKeyName, filepath.Join(data, sealKeyName)); {
	case err == nil:
		held += ", the key that secrets are sealed with (keep the file from others)"
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if content != "" {
		n, err := addFolder(ctx, z, content)
		if err != nil {
			return "", err
		}
		held += fmt.Sprintf(", %d files of content", n)
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return held, f.Sync()
}

func addFile(z *zip.Writer, name, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: info.ModTime()})
	if err == nil {
		_, err = io.Copy(w, in)
	}
	return err
}

// addFolder adds the ordinary files of a folder, but for those that begin with a dot.
func addFolder(ctx context.Context, z *zip.Writer, folder string) (n int, err error) {
	err = filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if p != folder && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(folder, p)
		if err != nil {
			return err
		}
		n++
		return addFile(z, contentName+filepath.ToSlash(rel), p)
	})
	return n, err
}

// openedBackup is a backup that is read.
type openedBackup struct {
	database string // its file
	z        *zip.ReadCloser
	dir      string
}

// openBackup opens either kind of backup.
func openBackup(name string) (*openedBackup, error) {
	if !isZip(name) {
		if _, err := os.Stat(name); err != nil {
			return nil, err
		}
		return &openedBackup{database: name}, nil
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	b := &openedBackup{z: z}
	for _, f := range z.File {
		switch {
		case f.Name == databaseName:
			if b.dir, err = os.MkdirTemp("", "crosswalk-restore-"); err == nil {
				b.database = filepath.Join(b.dir, databaseName)
				err = extract(f, b.database)
			}
		case f.Name == bookName, f.Name == sealKeyName:
		case !strings.HasPrefix(f.Name, contentName) || !filepath.IsLocal(filepath.FromSlash(f.Name)) || path.Clean(f.Name) != f.Name || !f.Mode().IsRegular():
			err = fmt.Errorf("%s holds %q, which no backup does", name, f.Name)
		}
		if err != nil {
			b.close()
			return nil, err
		}
	}
	if b.database == "" {
		b.close()
		return nil, fmt.Errorf("%s is no backup of Crosswalk: there is no %s in it", name, databaseName)
	}
	return b, nil
}

func (b *openedBackup) close() {
	if b.z != nil {
		b.z.Close()
	}
	if b.dir != "" {
		os.RemoveAll(b.dir)
	}
}

func extract(f *zip.File, to string) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// fits looks before anything is changed whether the files of a backup have a place.
func (b *openedBackup) fits(data, content string) error {
	if b.z == nil {
		return nil
	}
	for _, f := range b.z.File {
		switch {
		case f.Name == bookName:
			if _, err := os.Lstat(filepath.Join(data, bookName)); err == nil {
				return fmt.Errorf("%s has a book already: move %s away, or name another -data", data, bookName)
			}
		case f.Name == sealKeyName:
			if _, err := os.Lstat(filepath.Join(data, sealKeyName)); err == nil {
				return fmt.Errorf("%s has a key file already: move %s away, or name another -data", data, sealKeyName)
			}
		case strings.HasPrefix(f.Name, contentName):
			if content == "" {
				return fmt.Errorf("the backup holds content: name a new folder for it with -content")
			}
			if there, err := os.ReadDir(content); err == nil && len(there) > 0 {
				return fmt.Errorf("the folder %s is not empty: name a new one with -content", content)
			}
			return nil
		}
	}
	return nil
}

// putFiles puts book and content in their places and says so.
func (b *openedBackup) putFiles(data, content string) (told []string, err error) {
	if b.z == nil {
		return nil, nil
	}
	n := 0
	for _, f := range b.z.File {
		to := ""
		switch {
		case f.Name == bookName:
			to = filepath.Join(data, bookName)
			told = append(told, "the book of code sets: "+to)
		case f.Name == sealKeyName:
			to = filepath.Join(data, sealKeyName)
			told = append(told, "the key that secrets are sealed with: "+to)
		case strings.HasPrefix(f.Name, contentName):
			to = filepath.Join(content, filepath.FromSlash(strings.TrimPrefix(f.Name, contentName)))
			n++
		default:
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return told, err
		}
		if err := extract(f, to); err != nil {
			return told, err
		}
	}
	if n > 0 {
		told = append(told, fmt.Sprintf("%d files of content: %s", n, content))
	}
	return told, nil
}
