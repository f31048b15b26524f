package main

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// overlay lays one file system over another: a file is taken from over where it is there, and folders show the files of both.
type overlay struct{ over, base fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.over.Open(name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return o.base.Open(name)
}

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	top, errTop := fs.ReadDir(o.over, name)
	if errTop != nil && !errors.Is(errTop, fs.ErrNotExist) {
		return nil, errTop
	}
	bottom, errBottom := fs.ReadDir(o.base, name)
	if errTop != nil && errBottom != nil {
		return nil, errBottom
	}
	seen := map[string]bool{}
	for _, e := range top {
		seen[e.Name()] = true
	}
	for _, e := range bottom {
		if !seen[e.Name()] {
			top = append(top, e)
		}
	}
	slices.SortFunc(top, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return top, nil
}

// replaced is a file system with other texts in the place of some files.
type replaced struct {
	base  fs.FS
	texts map[string][]byte
}

func (r replaced) Open(name string) (fs.File, error) {
	if text, ok := r.texts[name]; ok {
		return &textFile{name: path.Base(name), size: int64(len(text)), Reader: bytes.NewReader(text)}, nil
	}
	return r.base.Open(name)
}

// textFile is an open file of a text that is in memory.
type textFile struct {
	name string
	size int64
	*bytes.Reader
}

func (f *textFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *textFile) Close() error               { return nil }
func (f *textFile) Name() string               { return f.name }
func (f *textFile) Size() int64                { return f.size }
func (f *textFile) Mode() fs.FileMode          { return 0o444 }
func (f *textFile) ModTime() time.Time         { return time.Time{} }
func (f *textFile) IsDir() bool                { return false }
func (f *textFile) Sys() any                   { return nil }
