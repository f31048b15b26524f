package release

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"crosswalk/codebook"
)

// ErrNotRelease is wrapped when a file that was named outright is no release file that can be loaded.
var ErrNotRelease = errors.New("not a release file")

// ErrNoCodes is wrapped when nothing that was found makes a code set.
var ErrNoCodes = errors.New("no code set found")

// Options steer a Load.
type Options struct {
	// Edition is the edition of files that tell none themselves: "2026", "2026-04", "2025-10", "2024Q3", "v41.1".
	Edition string
	// Base lies under what is loaded, as codebook.Merge has it: CPT labels, guideline rules in our words, CPT modifiers and search words
	// come from it. nil for none; usually the starter book.
	Base *codebook.Book
	// Progress is called before each file is read, never twice at a time; nil for nobody.
	Progress func(Progress)

	keep bool // items keep the bytes of their files
}

// Progress is how far a Load has come.
type Progress struct {
	Path string // the file that is read next
	File int    // counted from 1
	Of   int
}

// workers is how many files are read at a time.
const workers = 2

// Load reads all release files of a folder and the folders in it. The error joins the problems of all files, each a *FileError; then
// there is no book, and the report tells how far it came.
func Load(ctx context.Context, fsys fs.FS, opt Options) (*codebook.Book, Report, error) {
	sources, err := walk(fsys, "")
	if err != nil {
		return nil, Report{}, err
	}
	return load(ctx, sources, opt)
}

// LoadPaths is Load for folders and files of the machine. A folder may hold other files; a file named outright has to be a release file,
// an archive named outright has to hold one.
func LoadPaths(ctx context.Context, paths []string, opt Options) (*codebook.Book, Report, error) {
	sources, err := sourcesOf(paths)
	if err != nil {
		return nil, Report{}, err
	}
	return load(ctx, sources, opt)
}

func sourcesOf(paths []string) ([]source, error) {
	var sources []source
	var problems []error
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if !info.IsDir() {
			dir, file := filepath.Split(p)
			sources = append(sources, source{fsys: os.DirFS(cmp.Or(dir, ".")), path: file, name: p, must: true})
			continue
		}
		found, err := walk(os.DirFS(p), p)
		if err != nil {
			problems = append(problems, err)
		}
		sources = append(sources, found...)
	}
	return sources, errors.Join(problems...)
}

// walk lists the files of a folder, hidden ones apart.
func walk(fsys fs.FS, root string) ([]source, error) {
	var out []source
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if p != "." && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() {
			out = append(out, source{fsys: fsys, path: p, name: filepath.ToSlash(filepath.Join(root, p))})
		}
		return nil
	})
	return out, err
}

// item is a file on its way into the book.
type item struct {
	source
	File
	edition edition
	content content // once it is read
	raw     []byte  // the file as it is, when it is to be kept
}

func (it *item) reject(format string, args ...any) {
	it.Loaded, it.Reason = false, fmt.Sprintf(format, args...)
}

func load(ctx context.Context, sources []source, opt Options) (*codebook.Book, Report, error) {
	book, rep, _, err := loadItems(ctx, sources, opt)
	if err == nil && opt.Base != nil {
		book = codebook.Merge(opt.Base, book)
	}
	return book, rep, err
}

func loadItems(ctx context.Context, sources []source, opt Options) (_ *codebook.Book, _ Report, _ []*item, err error) {
	sources, closeAll, err := openArchives(ctx, sources)
	defer func() { err = errors.Join(err, closeAll()) }()
	if err != nil {
		return nil, Report{}, nil, err
	}
	items := make([]*item, len(sources))
	for i, s := range sources {
		items[i] = &item{source: s, File: File{Path: s.name}}
	}
	// Kept files come last: of two files of a kind and edition the first counts.
	slices.SortFunc(items, func(x, y *item) int {
		if x.kept != y.kept {
			return map[bool]int{true: 1, false: -1}[x.kept]
		}
		return cmp.Compare(x.Path, y.Path)
	})
	err = each(ctx, items, func(it *item) error { return it.identify(ctx, opt) })
	if err == nil {
		err = emptyArchives(items)
	}
	if err == nil {
		choose(items)
		chosen := slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return !it.Loaded })
		began := 0
		var mu sync.Mutex
		err = each(ctx, chosen, func(it *item) error {
			if opt.Progress != nil {
				mu.Lock()
				began++
				opt.Progress(Progress{it.Path, began, len(chosen)})
				mu.Unlock()
			}
			return it.read(ctx, opt.keep)
		})
	}
	if err != nil {
		return nil, report(items, nil, nil), items, err
	}
	book, notes, err := assemble(items)
	return book, report(items, book, notes), items, err
}

// emptyArchives are the archives named outright that hold no release file.
func emptyArchives(items []*item) error {
	found := map[string]bool{}
	var names []string
	for _, it := range items {
		if it.archive == "" || !it.must {
			continue
		}
		if _, seen := found[it.archive]; !seen {
			names = append(names, it.archive)
		}
		found[it.archive] = found[it.archive] || it.Loaded
	}
	var problems []error
	for _, n := range names {
		if !found[n] {
			problems = append(problems, &FileError{Path: n, Err: fmt.Errorf("%w: no file in the archive is one", ErrNotRelease)})
		}
	}
	return errors.Join(problems...)
}

func report(items []*item, book *codebook.Book, notes []string) Report {
	r := Report{Notes: notes}
	for _, it := range items {
		f := it.File
		f.Edition = it.edition.name
		if it.content != nil && f.Loaded {
			t := it.content.counts()
			f.Rows, f.Kept, f.Skipped = t.rows, t.kept(), t.skipped
		}
		if it.kept {
			r.Kept = append(r.Kept, f)
			continue
		}
		r.Files = append(r.Files, f)
		if w := unpublished(it); w != "" {
			r.Warnings = append(r.Warnings, w)
		}
	}
	if book != nil {
		r.Releases = book.Releases()
	}
	return r
}

// each runs f over the items, some at a time, and joins the errors in the order of the items.
func each(ctx context.Context, items []*item, f func(*item) error) error {
	problems := make([]error, len(items))
	var wg sync.WaitGroup
	next := make(chan int)
	for range workers {
		wg.Go(func() {
			for i := range next {
				problems[i] = f(items[i])
			}
		})
	}
	for i := range items {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(problems...)
}

// identify tells the kind and edition of a file.
func (it *item) identify(ctx context.Context, opt Options) error {
	in, err := it.open(ctx)
	if err != nil {
		return at(it.Path, err)
	}
	defer in.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return at(it.Path, broken(err))
	}
	var told string
	it.Kind, told = sniff(head[:n])
	if reason, ok := notLoaded[it.Kind]; ok {
		it.reject("%s", reason)
		if it.must && it.archive == "" {
			return &FileError{Path: it.Path, Err: fmt.Errorf("%w: it is a %s: %s", ErrNotRelease, it.Kind, reason)}
		}
		return nil
	}
	it.Loaded = true
	if e, ok := editionOf(it.Kind, it.source.edition); ok && it.kept {
		it.edition = e
		return nil
	}
	it.edition, err = resolve(it.Kind, told, it.path, opt.Edition)
	if err != nil {
		return &FileError{Path: it.Path, Err: err}
	}
	return nil
}

// choose decides which files of a kind count before they are read whole: one of each edition, and of lists that the book holds once
// the newest edition.
func choose(items []*item) {
	orders := map[Kind]map[string]bool{OrderCM: {}, OrderPCS: {}}
	for _, it := range items {
		if years, ok := orders[it.Kind]; ok && it.Loaded {
			years[it.edition.year()] = true
		}
	}
	companion := map[Kind]Kind{TabularCM: OrderCM, TablesPCS: OrderPCS, DefinitionsPCS: OrderPCS}
	first := map[string]*item{}
	newest := map[string]*item{}
	for _, it := range items {
		if !it.Loaded {
			continue
		}
		if of, ok := companion[it.Kind]; ok && !orders[of][it.edition.year()] {
			it.reject("no %s of %s to go with it", of, it.edition.year())
			continue
		}
		switch it.Kind {
		case TabularCM, POAExempt, DescriptorsCPT, DescriptorsDental:
			continue // several files of an edition: which one counts shows when they are read
		case NCCIPairs, AddOns, HCPCSModifiers, HCPCSStatus, GuidelinesCM, Severity, Exclusions, CodeEditor, Rationales, Places:
			keepNewest(newest, string(it.Kind), it)
		case MUEs:
			switch setting := mueSetting(it.path); setting {
			case practitioner, hospital, supplier:
				keepNewest(newest, string(it.Kind)+setting, it)
			default:
				it.reject("its name does not say for whom: want practitioner, outpatient or dme in it")
			}
		case FeeSchedule:
			keepNewest(newest, string(it.Kind)+it.edition.year(), it)
		default:
			key := string(it.Kind) + " " + it.edition.name
			if o := first[key]; o != nil {
				it.reject("%s is the same edition", o.Path)
				continue
			}
			first[key] = it
		}
	}
}

func keepNewest(newest map[string]*item, key string, it *item) {
	o := newest[key]
	switch {
	case o == nil:
		newest[key] = it
	case it.edition.name == o.edition.name:
		it.reject("%s is the same edition", o.Path)
	case it.edition.from.Compare(o.edition.from) > 0 || it.edition.from == o.edition.from && it.edition.name > o.edition.name:
		o.reject("%s is newer", it.Path)
		newest[key] = it
	default:
		it.reject("%s is newer", o.Path)
	}
}

// The settings of medically unlikely edits. The rows do not name theirs, the names of the files do.
const (
	practitioner = "practitioner"
	hospital     = "hospital"
	supplier     = "supplier"
)

func mueSetting(file string) string {
	name := strings.ToLower(path.Base(file))
	switch {
	case strings.Contains(name, "dme"), strings.Contains(name, "supplier"):
		return supplier
	case strings.Contains(name, "outpatient"), strings.Contains(name, "hospital"):
		return hospital
	case strings.Contains(name, "practitioner"):
		return practitioner
	}
	return ""
}

// read parses a whole file. The bytes that are kept are those that were parsed, whatever happens to the file meanwhile.
func (it *item) read(ctx context.Context, keep bool) error {
	f, err := it.source.raw()
	if err != nil {
		return at(it.Path, err)
	}
	defer f.Close()
	var in io.Reader = &patient{ctx, f}
	if keep {
		if it.raw, err = io.ReadAll(io.LimitReader(in, maxExpanded)); err != nil {
			return at(it.Path, broken(err))
		}
		in = &patient{ctx, bytes.NewReader(it.raw)}
	}
	if in, err = plain(in, it.archive == ""); err != nil {
		return at(it.Path, err)
	}
	if it.content, err = parsers[it.Kind](in); err != nil {
		return at(it.Path, err)
	}
	if it.content.counts().rows == 0 {
		return &FileError{Path: it.Path, Err: fmt.Errorf("it has no rows: %w", ErrDamaged)}
	}
	return nil
}

// parsers are the readers of all kinds that are loaded.
var parsers = map[Kind]func(io.Reader) (content, error){
	OrderCM:        as(func(r io.Reader) (*order, error) { return readOrder(r, codebook.ICD10CM) }),
	OrderPCS:       as(func(r io.Reader) (*order, error) { return readOrder(r, codebook.ICD10PCS) }),
	TabularCM:      as(readTabular),
	POAExempt:      as(readPOA),
	GuidelinesCM:   as(readGuidelines),
	TablesPCS:      as(readTables),
	DefinitionsPCS: as(readTerms),
	HCPCSCodes:     as(readHCPCS),
	HCPCSStatus:    as(readHCPCSEnds),
	HCPCSModifiers: as(readModifiers),
	FeeSchedule:    as(readFees),
	AddendumB:      as(readOPPS),
	NCCIPairs:      as(readPairs),
	MUEs:           as(readMUEs),
	AddOns:         as(readAddOns),
	Severity:       as(readSeverities),
	Exclusions:     as(readExclusions),
	CodeEditor:     as(readDxEdits),
	Rationales:     as(readRationales),
	Places:         as(readPlaces),
	IndexCM:        as(readIndexXML(codebook.ICD10CM)),
	IndexFlat:      as(readFlatIndex),
	IndexNeoplasms: as(readIndexXML(codebook.ICD10CM)),
	IndexDrugs:     as(readIndexXML(codebook.ICD10CM)),
	IndexExternal:  as(readIndexXML(codebook.ICD10CM)),
	IndexPCS:       as(readIndexXML(codebook.ICD10PCS)),

	DescriptorsCPT:    as(readDescriptors(codebook.CPT)),
	DescriptorsDental: as(readDescriptors(codebook.HCPCS)),
}

func as[T content](read func(io.Reader) (T, error)) func(io.Reader) (content, error) {
	return func(r io.Reader) (content, error) {
		v, err := read(r)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
}
