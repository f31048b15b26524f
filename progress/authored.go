package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"crosswalk/lessons/markdown"
)

// MaxAuthored is the most bytes of a file that is written in the browser; the longest that ships is a third of it.
const MaxAuthored = 256 << 10

// maxAuthoredMessage is the most bytes of what an author says of a change.
const maxAuthoredMessage = 500

// FileKind is what a file of the content holds.
type FileKind string

// The kinds of files.
const (
	FileLesson    FileKind = "lesson"
	FileModule    FileKind = "module" // title and place of a group of lessons
	FileGlossary  FileKind = "glossary"
	FileQuestions FileKind = "question"
	FileCase      FileKind = "case"
	FileExam      FileKind = "exam"
)

// FileKinds are all kinds, those first that are written most.
var FileKinds = []FileKind{FileLesson, FileQuestions, FileCase, FileExam, FileGlossary, FileModule}

var filePaths = []struct {
	kind FileKind
	form *regexp.Regexp
}{
	{FileModule, regexp.MustCompile(`^lessons/content/[a-z0-9][a-z0-9-]*/module\.yaml$`)},
	{FileLesson, regexp.MustCompile(`^lessons/content/[a-z0-9][a-z0-9-]*/[0-9]{2,3}-[a-z0-9-]+\.md$`)},
	{FileGlossary, regexp.MustCompile(`^lessons/glossary/[a-z0-9][a-z0-9-]*\.md$`)},
	{FileQuestions, regexp.MustCompile(`^quizzes/bank/[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*\.md$`)},
	{FileCase, regexp.MustCompile(`^quizzes/cases/[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*\.md$`)},
	{FileExam, regexp.MustCompile(`^quizzes/exams/[a-z0-9][a-z0-9-]*\.yaml$`)},
}

// KindOfFile tells by a path what the file holds; false for a path that holds no content.
func KindOfFile(name string) (FileKind, bool) {
	if len(name) > 200 || path.Clean(name) != name {
		return "", false
	}
	for _, p := range filePaths {
		if p.form.MatchString(name) {
			return p.kind, true
		}
	}
	return "", false
}

// MayAuthor reports whether the actor may write content: instructors and admins of the default organisation, whose content all share.
func (a Actor) MayAuthor() bool { return a.teaches() && a.org() == DefaultOrg }

// ContentDesk is what serves the content, as far as authors need it.
type ContentDesk interface {
	// InFolder reports whether the content's folder of the server holds the file: it wins over what is published.
	InFolder(path string) bool
	// CheckWith checks the whole content as it would be with this text at the path, or without the file. It gives what is wrong with the
	// file, and what is wrong with others that was not so before.
	CheckWith(ctx context.Context, path, text string, gone bool) ([]markdown.Problem, error)
	// Reload lays what is published over the content that is served.
	Reload(ctx context.Context) error
}

// AuthoredDraft is a file as an author sends it.
type AuthoredDraft struct {
	Path    string
	Base    int // the newest revision that the author saw, 0 for none
	Text    string
	Gone    bool // take the file away
	Message string
	Warned  bool // the author has seen the warnings and publishes with them
}

// AuthoredConflict says that another revision was saved since the author looked. Nothing was written.
type AuthoredConflict struct {
	Newest AuthoredFile // with its text
	Base   AuthoredFile // what the author began from, with its text; zero for what ships or nothing
}

func (e *AuthoredConflict) Error() string {
	return fmt.Sprintf("%s was saved elsewhere and is at revision %d now: look at both texts", e.Newest.Path, e.Newest.Revision)
}

// Unwrap makes it an ErrConflict.
func (e *AuthoredConflict) Unwrap() error { return ErrConflict }

// ContentErrors says why a file was not published: errors, or warnings that the author has not seen.
type ContentErrors struct {
	Problems []markdown.Problem
}

func (e *ContentErrors) Error() string {
	s := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		s[i] = p.String()
	}
	return strings.Join(s, "\n")
}

// Stops reports whether one of the problems is an error.
func (e *ContentErrors) Stops() bool { return len(markdown.Errors(e.Problems)) > 0 }

// SaveAuthored keeps a draft, which nobody but authors sees. What says the same as the newest revision is not kept again. ErrForbidden for
// others than instructors and admins; *AuthoredConflict; InputErrors of path, text and message.
func (s *Service) SaveAuthored(ctx context.Context, a Actor, in AuthoredDraft, desk ContentDesk) (AuthoredFile, error) {
	in.Gone = false
	f, kept, err := s.nextAuthored(ctx, a, in, AuthoredSaved, desk)
	if err != nil || kept {
		return f, err
	}
	return s.addAuthored(ctx, a, f, nil)
}

// PublishAuthored checks the whole content with the file laid over it, keeps the file as published and has it served. Errors are those of
// SaveAuthored and *ContentErrors. Where the program ends after the file is kept and before it is served, it is served from the next start.
func (s *Service) PublishAuthored(ctx context.Context, a Actor, in AuthoredDraft, desk ContentDesk) (AuthoredFile, error) {
	f, kept, err := s.nextAuthored(ctx, a, in, AuthoredPublished, desk)
	if err != nil || kept {
		return f, err
	}
	problems, err := desk.CheckWith(ctx, f.Path, f.Text, f.Gone)
	if err != nil {
		return f, fmt.Errorf("publish %s: %w", f.Path, err)
	}
	if failed := (&ContentErrors{problems}); failed.Stops() || len(problems) > 0 && !in.Warned {
		return f, failed
	}
	action := "content.publish"
	if f.Gone {
		action = "content.remove"
	}
	entry, err := s.entry(a, action, f.Path, strings.TrimSpace(fmt.Sprintf("revision %d %s", f.Revision, f.Message)))
	if err != nil {
		return f, err
	}
	if f, err = s.addAuthored(ctx, a, f, &entry); err != nil {
		return f, err
	}
	if err := desk.Reload(ctx); err != nil { // it is published all the same: whoever serves finds it when looking next
		return f, fmt.Errorf("serve %s, which is published: %w", f.Path, err)
	}
	return f, nil
}

// nextAuthored is the revision that a draft makes. kept says that there is one that says the same, which it gives then.
func (s *Service) nextAuthored(ctx context.Context, a Actor, in AuthoredDraft, state AuthoredState, desk ContentDesk) (f AuthoredFile, kept bool, err error) {
	if !a.MayAuthor() {
		return f, false, fmt.Errorf("write content: %w", ErrForbidden)
	}
	in.Text, in.Message = tidyText(in.Text), strings.TrimSpace(in.Message)
	if in.Gone {
		in.Text = ""
	}
	if err := checkAuthored(in, state, desk); err != nil {
		return f, false, err
	}
	newest, err := s.newestAuthored(ctx, a, in.Path)
	if err != nil {
		return f, false, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return f, false, err
	}
	f = AuthoredFile{
		ID: RevisionID(id), Org: a.org(), Path: in.Path, Revision: in.Base + 1, Base: in.Base, State: state, Gone: in.Gone, Text: in.Text, Hash: hashText(in.Text),
		Author: a.Learner, Message: in.Message, At: now,
	}
	switch {
	case newest.Revision == in.Base && newest.says(f) && in.Base > 0:
		return newest, true, nil
	case sentTwice(newest, f):
		return newest, true, nil
	case newest.Revision != in.Base:
		return f, false, s.conflictOf(ctx, a, newest, in.Base)
	}
	return f, false, nil
}

// says reports whether two revisions leave the file the same.
func (f AuthoredFile) says(other AuthoredFile) bool {
	return f.Hash == other.Hash && f.State == other.State && f.Gone == other.Gone
}

// sentTwice reports whether the newest revision is the one that is to be kept, which its author sent before.
func sentTwice(newest, f AuthoredFile) bool {
	return newest.Revision == f.Revision && newest.Author == f.Author && newest.says(f)
}

func (s *Service) addAuthored(ctx context.Context, a Actor, f AuthoredFile, entry *AuditEntry) (AuthoredFile, error) {
	err := s.st.AddAuthored(ctx, f.Org, f, entry)
	if errors.Is(err, ErrDuplicate) { // somebody was faster by a moment
		newest, e := s.newestAuthored(ctx, a, f.Path)
		if e != nil {
			return f, e
		}
		if sentTwice(newest, f) {
			return newest, nil
		}
		return f, s.conflictOf(ctx, a, newest, f.Base)
	}
	if err != nil {
		return f, fmt.Errorf("save %s: %w", f.Path, err)
	}
	return f, nil
}

// newestAuthored is the newest revision of a path with its text, the zero one where there is none.
func (s *Service) newestAuthored(ctx context.Context, a Actor, name string) (AuthoredFile, error) {
	all, err := s.st.AuthoredRevisions(ctx, a.org(), name)
	if err != nil || len(all) == 0 {
		return AuthoredFile{}, err
	}
	return s.st.AuthoredRevision(ctx, a.org(), name, all[len(all)-1].Revision)
}

func (s *Service) conflictOf(ctx context.Context, a Actor, newest AuthoredFile, base int) error {
	c := &AuthoredConflict{Newest: newest}
	if base > 0 {
		f, err := s.st.AuthoredRevision(ctx, a.org(), newest.Path, base)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		c.Base = f
	}
	return c
}

func checkAuthored(in AuthoredDraft, state AuthoredState, desk ContentDesk) error {
	var problems InputErrors
	if _, ok := KindOfFile(in.Path); !ok {
		problems = append(problems, &InputError{"path", fmt.Sprintf("%q is no place of a content file: write it like quizzes/cases/office/sore-throat.md, with lower-case letters, digits and hyphens.", in.Path)})
	} else if desk.InFolder(in.Path) {
		problems = append(problems, &InputError{"path", "The content folder of this server holds this file, and the folder wins over what is written here: change the file in the folder."})
	}
	switch {
	case in.Gone:
	case strings.TrimSpace(in.Text) == "":
		problems = append(problems, &InputError{"text", "The file is empty: write something, or take the file away."})
	case len(in.Text) > MaxAuthored:
		problems = append(problems, &InputError{"text", fmt.Sprintf("The file has %d KB, and the most is %d KB: put a part of it into another file.", len(in.Text)>>10, MaxAuthored>>10)})
	case !utf8.ValidString(in.Text) || strings.ContainsRune(in.Text, 0):
		problems = append(problems, &InputError{"text", "The file holds characters that are no text: save it as UTF-8."})
	}
	if len(in.Message) > maxAuthoredMessage || !utf8.ValidString(in.Message) {
		problems = append(problems, &InputError{"message", fmt.Sprintf("Say what changed in at most %d characters.", maxAuthoredMessage)})
	} else if in.Message == "" && state == AuthoredPublished {
		problems = append(problems, &InputError{"message", "Say in a few words what changed: the history shows it."})
	}
	return asInput(problems)
}

// tidyText makes the line ends of a form those of a file, and ends the last line.
func tidyText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s
}

func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// AuthoredFiles gives the newest revision of each file that was written in the browser, without texts, by path. Instructors and admins, else
// ErrForbidden.
func (s *Service) AuthoredFiles(ctx context.Context, a Actor) ([]AuthoredFile, error) {
	if !a.MayAuthor() {
		return nil, fmt.Errorf("authored files: %w", ErrForbidden)
	}
	return s.st.AuthoredNewest(ctx, a.org())
}

// AuthoredHistory lists the revisions of a file, without texts, oldest first; none for one that was never written in the browser. ErrForbidden
// as for AuthoredFiles.
func (s *Service) AuthoredHistory(ctx context.Context, a Actor, name string) ([]AuthoredFile, error) {
	if !a.MayAuthor() {
		return nil, fmt.Errorf("history of a file: %w", ErrForbidden)
	}
	return s.st.AuthoredRevisions(ctx, a.org(), name)
}

// AuthoredRevision gives a revision with its text; ErrNotFound. ErrForbidden as for AuthoredFiles.
func (s *Service) AuthoredRevision(ctx context.Context, a Actor, name string, revision int) (AuthoredFile, error) {
	if !a.MayAuthor() {
		return AuthoredFile{}, fmt.Errorf("revision of a file: %w", ErrForbidden)
	}
	return s.st.AuthoredRevision(ctx, a.org(), name, revision)
}

// PublishedFiles gives the newest published revision of each file, those that are taken away too: what is laid over the content that ships.
// The content belongs to the default organisation.
func (s *Service) PublishedFiles(ctx context.Context) ([]AuthoredFile, error) {
	return s.st.AuthoredPublished(ctx, DefaultOrg)
}

// PublishedCount grows with each publication.
func (s *Service) PublishedCount(ctx context.Context) (int64, error) {
	return s.st.AuthoredCount(ctx, DefaultOrg)
}
