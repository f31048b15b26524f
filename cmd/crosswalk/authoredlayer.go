package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"crosswalk/progress"
)

// authored are the files that were written in the browser and are published: what is laid over the content that ships.
type authored struct {
	texts map[string]string // by path
	gone  map[string]bool   // files that were taken away
	count int64             // of the publications that this is the outcome of
}

// readAuthored reads what is published.
func readAuthored(ctx context.Context, prog *progress.Service) (authored, error) {
	return authoredBy(ctx, prog.PublishedCount, prog.PublishedFiles)
}

// publishedIn is readAuthored before there is a service: that needs the content.
func publishedIn(ctx context.Context, db progress.AuthoredStore) (authored, error) {
	return authoredBy(ctx, func(ctx context.Context) (int64, error) { return db.AuthoredCount(ctx, progress.DefaultOrg) },
		func(ctx context.Context) ([]progress.AuthoredFile, error) {
			return db.AuthoredPublished(ctx, progress.DefaultOrg)
		})
}

// authoredBy reads the count first: what comes in between is read again then, and nothing is missed.
func authoredBy(ctx context.Context, countOf func(context.Context) (int64, error), filesOf func(context.Context) ([]progress.AuthoredFile, error)) (authored, error) {
	count, err := countOf(ctx)
	if err != nil || count == 0 {
		return authored{}, err
	}
	files, err := filesOf(ctx)
	if err != nil {
		return authored{}, err
	}
	a := authored{texts: map[string]string{}, gone: map[string]bool{}, count: count}
	for _, f := range files {
		if f.Gone {
			a.gone[f.Path] = true
		} else {
			a.texts[f.Path] = f.Text
		}
	}
	return a, nil
}

func (a authored) empty() bool { return len(a.texts)+len(a.gone) == 0 }

// same reports whether the same is laid over the content.
func (a authored) same(b authored) bool {
	return maps.Equal(a.texts, b.texts) && maps.Equal(a.gone, b.gone)
}

// with is what there would be with another text at a path, or without the file.
func (a authored) with(name, text string, gone bool) authored {
	b := authored{texts: maps.Clone(a.texts), gone: maps.Clone(a.gone)}
	if a.texts == nil {
		b.texts, b.gone = map[string]string{}, map[string]bool{}
	}
	delete(b.texts, name)
	delete(b.gone, name)
	if gone {
		b.gone[name] = true
	} else {
		b.texts[name] = text
	}
	return b
}

// over lays the files below a top folder over a file system that is rooted there.
func (a authored) over(top string, base fs.FS) fs.FS {
	l := authoredLayer{base: base, texts: map[string]string{}, gone: map[string]bool{}}
	for name, text := range a.texts {
		if rest, ok := strings.CutPrefix(name, top+"/"); ok {
			l.texts[rest] = text
		}
	}
	for name := range a.gone {
		if rest, ok := strings.CutPrefix(name, top+"/"); ok {
			l.gone[rest] = true
		}
	}
	if len(l.texts)+len(l.gone) == 0 {
		return base
	}
	return l
}

// authoredLayer is a file system with other texts in the place of some files, with more files, and without some.
type authoredLayer struct {
	base  fs.FS
	texts map[string]string
	gone  map[string]bool
}

func (l authoredLayer) Open(name string) (fs.File, error) {
	if text, ok := l.texts[name]; ok {
		return &textFile{name: path.Base(name), size: int64(len(text)), Reader: bytes.NewReader([]byte(text))}, nil
	}
	if l.gone[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := l.base.Open(name)
	folder := errors.Is(err, fs.ErrNotExist) && len(l.children(name)) > 0
	if err == nil {
		info, statErr := f.Stat()
		if folder = statErr == nil && info.IsDir(); folder {
			f.Close()
		}
	}
	if !folder {
		return f, err
	}
	entries, err := l.ReadDir(name)
	if err == nil && len(entries) == 0 && name != "." && l.emptied(name) {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return &openFolder{folderFile: folderFile{path.Base(name)}, left: entries}, nil
}

// children are the names in a folder that the texts have.
func (l authoredLayer) children(folder string) map[string]bool {
	out := map[string]bool{} // whether it is a folder
	for name := range l.texts {
		rest, ok := strings.CutPrefix(name, folder+"/")
		if folder == "." {
			rest, ok = name, true
		}
		if ok {
			first, _, deeper := strings.Cut(rest, "/")
			out[first] = deeper
		}
	}
	return out
}

// ReadDir implements fs.ReadDirFS. A folder of which all files were taken away is not there any more.
func (l authoredLayer) ReadDir(name string) ([]fs.DirEntry, error) {
	own := l.children(name)
	below, err := fs.ReadDir(l.base, name)
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || len(own) == 0) {
		return nil, err
	}
	var out []fs.DirEntry
	for _, e := range below {
		full := path.Join(name, e.Name())
		if _, again := own[e.Name()]; again || l.gone[full] || e.IsDir() && l.emptied(full) {
			continue
		}
		if e.IsDir() {
			e = fs.FileInfoToDirEntry(folderFile{e.Name()})
		}
		out = append(out, e)
	}
	for child, folder := range own {
		if folder {
			out = append(out, fs.FileInfoToDirEntry(folderFile{child}))
		} else {
			text := l.texts[path.Join(name, child)]
			out = append(out, fs.FileInfoToDirEntry(&textFile{name: child, size: int64(len(text))}))
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

func (l authoredLayer) emptied(folder string) bool {
	touched := false
	for name := range l.gone {
		touched = touched || strings.HasPrefix(name, folder+"/")
	}
	if !touched {
		return false
	}
	left, err := l.ReadDir(folder)
	return err == nil && len(left) == 0
}

// folderFile is a folder that only texts in memory have.
type folderFile struct{ name string }

func (f folderFile) Name() string       { return f.name }
func (f folderFile) Size() int64        { return 0 }
func (f folderFile) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (f folderFile) ModTime() time.Time { return time.Time{} }
func (f folderFile) IsDir() bool        { return true }
func (f folderFile) Sys() any           { return nil }

// openFolder is an open folder with the entries that were not read yet.
type openFolder struct {
	folderFile
	left []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.folderFile, nil }
func (f *openFolder) Close() error               { return nil }
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("it is a folder")}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.left)
	} else if len(f.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.left))
	out := f.left[:n:n]
	f.left = f.left[n:]
	return out, nil
}
