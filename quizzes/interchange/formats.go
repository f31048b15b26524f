package interchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"crosswalk/grading"
)

// Format is a format of files of questions.
type Format string

// The formats that are read and written. Reading tells the three versions of QTI 2 and 3 apart by itself.
const (
	GIFT   Format = "gift"
	Moodle Format = "moodle"
	Aiken  Format = "aiken"
	CSV    Format = "csv"
	QTI21  Format = "qti21"
	QTI22  Format = "qti22"
	QTI30  Format = "qti30"
	Canvas Format = "canvas" // QTI 1.2 in a package, as Canvas writes and reads it
)

// ErrUnknown is wrapped by the error of a file of no format that is known here, and of the name of such a format.
var ErrUnknown = errors.New("unknown format")

// source is a file to be read: its bytes, or an archive.
type source struct {
	name string
	text []byte   // decoded to UTF-8; nil for an archive
	zip  *archive // nil for a plain file
}

// able is what a format can hold. What it cannot is taken off an item before it is written.
type able struct {
	title, ext, mime string
	kinds            []grading.Kind
	orderAsMatch     bool // an order goes out as a match of places and entries
	plainRight       bool // the right column of a match is text without markup
	markup           bool // emphasis, lists, tables
	lines            bool // several paragraphs
	why              bool // explanations of options
	rationale        bool
	meta             bool // difficulty and cites
	id               bool
	maxChoices       int // 0 for no limit
	read             func(*source) ([]*found, []Note, error)
	write            func(io.Writer, []*Item) error
}

var all = []grading.Kind{grading.Single, grading.Multiple, grading.Number, grading.Text, grading.Order, grading.Match}
var notOrder = []grading.Kind{grading.Single, grading.Multiple, grading.Number, grading.Text, grading.Match}

// formats is the registry. It is a function, so that readers may ask for it.
func formats() map[Format]able {
	qti := func(v Format, title string) able {
		return able{title: title, ext: ".zip", mime: "application/zip", kinds: all, markup: true, lines: true, why: true, rationale: true, meta: true, id: true,
			read: readQTI, write: func(w io.Writer, items []*Item) error { return writeQTI(w, v, items) }}
	}
	return map[Format]able{
		GIFT: {title: "GIFT", ext: ".gift", mime: "text/plain; charset=utf-8", kinds: notOrder, orderAsMatch: true, plainRight: true, markup: true, lines: true, why: true, rationale: true, meta: true, id: true,
			read: readGIFT, write: writeGIFT},
		Moodle: {title: "Moodle XML", ext: ".xml", mime: "application/xml", kinds: all, plainRight: true, markup: true, lines: true, why: true, rationale: true, meta: true, id: true,
			read: readMoodle, write: writeMoodle},
		Aiken: {title: "Aiken", ext: ".txt", mime: "text/plain; charset=utf-8", kinds: []grading.Kind{grading.Single}, maxChoices: 26, read: readAiken, write: writeAiken},
		CSV: {title: "CSV", ext: ".csv", mime: "text/csv; charset=utf-8", kinds: all, markup: true, lines: true, why: true, rationale: true, meta: true, id: true,
			read: readCSV, write: writeCSV},
		QTI21: qti(QTI21, "QTI 2.1"),
		QTI22: qti(QTI22, "QTI 2.2"),
		QTI30: qti(QTI30, "QTI 3.0"),
		Canvas: {title: "Canvas (QTI 1.2)", ext: ".zip", mime: "application/zip", kinds: notOrder, orderAsMatch: true, plainRight: true, markup: true, lines: true, why: true, rationale: true, meta: true, id: true,
			read: readCanvas, write: writeCanvas},
	}
}

// Formats are all formats, in the order in which they are offered.
func Formats() []Format { return []Format{GIFT, Moodle, QTI21, QTI22, QTI30, Canvas, CSV, Aiken} }

// ParseFormat finds a format by its name; ErrUnknown.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	if !slices.Contains(Formats(), f) {
		return "", fmt.Errorf("%w %q: use one of %s", ErrUnknown, name, names())
	}
	return f, nil
}

func names() string {
	var out []string
	for _, f := range Formats() {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// Title is how people call the format.
func (f Format) Title() string { return formats()[f].title }

// Ext is the usual end of a file's name, with its dot.
func (f Format) Ext() string { return formats()[f].ext }

// MIME is the type under which a file of the format is sent.
func (f Format) MIME() string { return formats()[f].mime }

// openSource takes a file in, within its limits.
func openSource(name string, src io.ReaderAt, size int64) (*source, error) {
	if size > MaxFile {
		return nil, refused("the file has %d MB, and %d is the most: export it in parts", size>>20, MaxFile>>20)
	}
	s := &source{name: path.Base(strings.ReplaceAll(name, "\\", "/"))}
	head := make([]byte, 4)
	if n, err := src.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	} else if isZip(head[:n]) {
		s.zip, err = openArchive(src, size)
		return s, err
	}
	b, err := io.ReadAll(io.NewSectionReader(src, 0, size))
	if err != nil {
		return nil, err
	}
	s.text = fromUTF16(b)
	if len(bytes.TrimSpace(s.text)) == 0 {
		return nil, errors.New("the file is empty")
	}
	return s, nil
}

var (
	xmlRoot   = regexp.MustCompile(`<(?:[A-Za-z0-9]+:)?([A-Za-z][A-Za-z0-9-]*)[\s/>]`)
	aikenLine = regexp.MustCompile(`(?m)^\s*ANSWER:\s*[A-Za-z]\s*$`)
)

// detect tells the format of a file by its content.
func (s *source) detect() (Format, error) {
	if s.zip != nil {
		return s.detectZip()
	}
	text := bytes.TrimSpace(s.text)
	if f, ok := xmlFormat(text); ok && bytes.HasPrefix(text, []byte("<")) {
		return f, nil
	}
	if bytes.HasPrefix(text, []byte("<?xml")) {
		return "", fmt.Errorf("%w: it is XML, and neither Moodle's <quiz> nor an item or package of QTI", ErrUnknown)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	switch {
	case bytes.IndexByte(text, 0) >= 0:
		return "", fmt.Errorf("%w: it is no text, no XML and no zip archive", ErrUnknown)
	case csvHead(line):
		return CSV, nil
	case aikenLine.Match(text):
		return Aiken, nil
	case bytes.ContainsRune(text, '{') && bytes.ContainsRune(text, '}'):
		return GIFT, nil
	}
	return "", fmt.Errorf("%w: it is none of %s; say which with -format if you know better", ErrUnknown, names())
}

// xmlFormat tells by the first element, and for QTI 2.2 by its name space.
func xmlFormat(text []byte) (Format, bool) {
	head := text[:min(len(text), 4096)]
	m := xmlRoot.FindSubmatch(head)
	if m == nil {
		return "", false
	}
	switch string(m[1]) {
	case "quiz":
		return Moodle, true
	case "questestinterop":
		return Canvas, true
	case "qti-assessment-item", "qti-assessment-test":
		return QTI30, true
	case "assessmentItem", "assessmentTest", "manifest":
		if bytes.Contains(head, []byte("v2p2")) {
			return QTI22, true
		}
		return QTI21, true
	}
	return "", false
}

// detectZip tells by the first file of the archive that is of a format with packages.
func (s *source) detectZip() (Format, error) {
	for _, name := range s.zip.names {
		if strings.ToLower(path.Ext(name)) != ".xml" || path.Base(name) == "imsmanifest.xml" {
			continue
		}
		b, err := s.zip.read(name)
		if err != nil {
			return "", err
		}
		s.zip.left += int64(len(b)) // it will be read once more
		if f, ok := xmlFormat(bytes.TrimSpace(fromUTF16(b))); ok && f != Moodle {
			return f, nil
		}
	}
	return "", fmt.Errorf("%w: the archive has no item of QTI in it; a file of Moodle, GIFT, Aiken or CSV is given as it is, not packed", ErrUnknown)
}
