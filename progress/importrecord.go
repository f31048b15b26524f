package progress

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// RecordVersion is the version of the format that Export writes. Files without a version are of the first.
const RecordVersion = 1

// maxImport is the largest file of a record that is read, in bytes.
const maxImport = 128 << 20

// Imported says what came of a record that was read in.
type Imported struct {
	From     string  `json:"exported"` // the day on which it was exported, 2026-11-21
	Attempts Counted `json:"attempts"`
	Reviews  Counted `json:"reviews"`
	Drills   Counted `json:"drills"`
	Drafts   Counted `json:"drafts"`
	Lessons  Counted `json:"lessons"`
	Notes    Counted `json:"notes"`
	Goal     bool    `json:"goal"` // it was taken over
}

// Any reports whether anything is new here.
func (i Imported) Any() bool {
	return i.Attempts.New+i.Reviews.New+i.Drills.New+i.Drafts.New+i.Lessons.New+i.Notes.New > 0 || i.Goal
}

// Counted is how many there were, and how many of them are new here. The rest was here already.
type Counted struct {
	All int `json:"all"`
	New int `json:"new"`
}

// RecordImport is what an import puts into a learner's record, checked.
type RecordImport struct {
	Attempts []AttemptRecord // gradings oldest first
	Reviews  []Review        // oldest first; what they name is in the import
	Drills   []Drill
	Drafts   []Draft
	Lessons  map[string]LessonMark
	Notes    []BookNote
	Goal     *Goal
}

// ImportRecord reads a record that Export wrote, here or in another Crosswalk, into the actor's own. The file is checked whole before
// anything is written, and everything is written or nothing. Ids are kept where they are free, and client keys tell what is here already: reading a
// file twice changes nothing. What is here stays as it is: drafts, notes and goal are taken over only where there are none.
//
// Exams that were sat elsewhere come in as answers, which count as those of an exam; the sittings themselves, forecasts and placement tests
// stay out, since nobody here vouches for them. For the same reason gradings say that they were imported.
//
// A file that is no such record, or is broken, is an *InputError or InputErrors with the field "file" or the place in the file.
func (s *Service) ImportRecord(ctx context.Context, a Actor, r io.Reader) (Imported, error) {
	if a.Learner == "" {
		return Imported{}, fmt.Errorf("import: start as a guest or sign in: %w", ErrForbidden)
	}
	return s.ImportRecordFor(ctx, a, a.Learner, r)
}

// ImportRecordFor is ImportRecord into the record of another learner of the organisation. Admins only, else ErrNotFound.
func (s *Service) ImportRecordFor(ctx context.Context, a Actor, id LearnerID, r io.Reader) (Imported, error) {
	if id == "" || a.Learner != id && a.Role != RoleAdmin {
		return Imported{}, fmt.Errorf("import into %s: %w", id, ErrNotFound)
	}
	l, err := s.Learner(ctx, a, id)
	if err == nil && l.ErasedAt != nil {
		err = fmt.Errorf("import into %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Imported{}, err
	}
	rec, err := readRecordFile(r)
	if err != nil {
		return Imported{}, err
	}
	in, err := s.checkRecord(rec)
	if err != nil {
		return Imported{}, err
	}
	open, err := s.openItems(ctx, Actor{Org: a.org(), Learner: id, Role: RoleLearner})
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	for _, at := range in.Attempts {
		if _, sealed := open[at.Attempt.Item]; sealed {
			return Imported{}, &InputError{"file", "It holds answers to items of an exam that you have not handed in. Finish the exam first."}
		}
	}
	entry, err := s.entry(a, "user.import", string(id), fmt.Sprintf("%d attempts", len(in.Attempts)))
	if err != nil {
		return Imported{}, err
	}
	out, err := s.st.ImportRecord(ctx, a.org(), id, in, s.newID, &entry)
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	out.From = rec.At.UTC().Format(time.DateOnly)
	return out, nil
}

// byteOrderMark is what some editors begin a file with.
const byteOrderMark = "\ufeff"

// readRecordFile decodes a file whole.
func readRecordFile(r io.Reader) (Record, error) {
	notOurs := &InputError{"file", "This is no record of Crosswalk: choose the JSON file that “Export my record” gave."}
	limited := &io.LimitedReader{R: r, N: maxImport + 1}
	file := bufio.NewReader(limited)
	if mark, _ := file.Peek(len(byteOrderMark)); string(mark) == byteOrderMark { // an editor put it there
		file.Discard(len(byteOrderMark))
	}
	dec := json.NewDecoder(file)
	var rec Record
	err := dec.Decode(&rec)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows after its end")
		}
	}
	if limited.N <= 0 {
		return Record{}, &InputError{"file", fmt.Sprintf("The file is larger than %d MB: it cannot be a record of one person.", maxImport>>20)}
	}
	var syntax *json.SyntaxError
	var when *time.ParseError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
	case errors.As(err, &syntax) && syntax.Offset <= 1, errors.As(err, &kind) && kind.Field == "":
		return Record{}, notOurs
	case errors.As(err, &when):
		return Record{}, &InputError{"file", fmt.Sprintf("The file is broken: %s is no moment such as 2026-11-21T12:00:00Z. Export the record again.", brief(when.Value))}
	case errors.As(err, &kind):
		return Record{}, &InputError{"file", fmt.Sprintf("The file is broken: %s holds a %s. Export the record again.", kind.Field, kind.Value)}
	default:
		return Record{}, &InputError{"file", fmt.Sprintf("The file is broken: %v. Export the record again.", err)}
	}
	switch {
	case rec.V > RecordVersion:
		return Record{}, &InputError{"file", "The file was written by a newer version of Crosswalk: update this one first."}
	case rec.Learner.ID == "" || rec.At.IsZero():
		return Record{}, notOurs
	}
	return rec, nil
}
