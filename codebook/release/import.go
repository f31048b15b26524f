package release

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"crosswalk/codebook"
	"crosswalk/codebook/bookfile"
)

// ErrNothingKept is wrapped when a book is to be rebuilt and there is none, or none that keeps its files.
var ErrNothingKept = errors.New("there is no imported book to rebuild: name the release files or their folder")

// ErrMeanwhile is returned when another import replaced the book while this one was at work.
var ErrMeanwhile = errors.New("another import has replaced the book meanwhile: run this one again")

// sourcesSection lists the release files that a book file keeps.
const sourcesSection = "sources"

// keptFile is an entry of sourcesSection.
type keptFile struct {
	Path    string `json:"path"` // as it was when it was imported, below the folder that was named
	Kind    Kind   `json:"kind"`
	Edition string `json:"edition"`
	Section string `json:"section"`
}

// Import adds release files to the book file at path, which need not exist. Paths are as for LoadPaths; Options.Base is not used.
//
// The book file keeps every release file that it was made of, packed, in sections of their own. An import reads them again beside the new
// ones, so that files may come one by one, in any order, and the book is the same as when all come at once: a Tabular List finds the order
// file that was imported last year. A new file replaces a kept one of its kind and edition. Without paths the book is made anew of what it
// keeps. All or nothing: after an error the book file is as it was.
func Import(ctx context.Context, file string, paths []string, opt Options) (Report, error) {
	before, err := os.Stat(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Report{}, err
	}
	var kept []source
	if before != nil {
		if kept, err = keptSources(file); err != nil {
			return Report{}, err
		}
	}
	if len(paths) == 0 && len(kept) == 0 {
		return Report{}, fmt.Errorf("%s: %w", file, ErrNothingKept)
	}
	sources, err := sourcesOf(paths)
	if err != nil {
		return Report{}, err
	}
	opt.Base, opt.keep = nil, true
	book, rep, items, err := loadItems(ctx, append(sources, kept...), opt)
	if err != nil {
		return rep, err
	}
	more, err := keep(ctx, items)
	if err != nil {
		return rep, err
	}
	rep.Unchanged, err = codebook.WriteBook(file, book, more, func() error {
		now, err := os.Stat(file)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case (now == nil) != (before == nil), now != nil && (!os.SameFile(before, now) || !before.ModTime().Equal(now.ModTime())):
			return ErrMeanwhile
		}
		return nil
	})
	return rep, err
}

// keptSources are the release files that a book file keeps.
func keptSources(file string) ([]source, error) {
	f, err := bookfile.Open(file)
	if err != nil {
		return nil, err
	}
	sources, err := keptIn(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", file, err)
	}
	return sources, errors.Join(err, f.Close())
}

func keptIn(f *bookfile.File) ([]source, error) {
	list, err := f.Read(sourcesSection)
	if errors.Is(err, bookfile.ErrNoSection) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []keptFile
	if err := json.Unmarshal(list, &files); err != nil {
		return nil, fmt.Errorf("section %s: %w: %w", sourcesSection, err, bookfile.ErrDamaged)
	}
	var out []source
	for _, k := range files {
		data, err := f.Read(k.Section)
		if err != nil {
			return nil, err
		}
		out = append(out, source{path: k.Path, name: k.Path, kept: true, edition: k.Edition, from: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(data)), nil
		}})
	}
	return out, nil
}

// keep packs the files that were loaded, as sections of the book file.
func keep(ctx context.Context, items []*item) ([]bookfile.Section, error) {
	items = slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return !it.Loaded })
	slices.SortStableFunc(items, func(x, y *item) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.edition.name, y.edition.name), cmp.Compare(x.path, y.path))
	})
	files := make([]keptFile, len(items))
	sections := make([]bookfile.Section, len(items))
	numbers := map[*item]int{}
	for i, it := range items {
		numbers[it] = i
		files[i] = keptFile{Path: it.path, Kind: it.Kind, Edition: it.edition.name, Section: fmt.Sprintf("source/%d", i)}
	}
	err := each(ctx, items, func(it *item) error {
		data, err := gzipped(it.raw)
		sections[numbers[it]] = bookfile.Section{Name: files[numbers[it]].Section, Data: data}
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := json.Marshal(files)
	if err != nil {
		return nil, err
	}
	return append([]bookfile.Section{{Name: sourcesSection, Data: list}}, sections...), nil
}

// gzipped is data as it is when it is packed already.
func gzipped(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, gzipMagic) {
		return data, nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
