package progress

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What use cases and storage answer when they cannot do what was asked. They come wrapped; ask with errors.Is and errors.As.
var (
	// ErrNotFound: there is no such thing, or the actor may not know that there is.
	ErrNotFound = errors.New("not found")
	// ErrForbidden: the actor's role does not allow this.
	ErrForbidden = errors.New("your role does not allow this")
	// ErrNoSession: the token is unknown, signed out or expired.
	ErrNoSession = errors.New("no such session: sign in again")
	// ErrBadCredentials: e-mail and passphrase do not belong together. The words are the same whether or not the e-mail is known.
	ErrBadCredentials = errors.New("e-mail and passphrase do not match")
	// ErrEmailTaken: another account of the organisation has this e-mail.
	ErrEmailTaken = errors.New("this e-mail already has an account: sign in instead")
	// ErrStaleDraft: the stored draft is newer than the one the sender started from. Load it and decide.
	ErrStaleDraft = errors.New("a newer draft was saved elsewhere: reload to see it")
	// ErrConflict: it was changed elsewhere since the sender looked, or something came after it.
	ErrConflict = errors.New("this was changed elsewhere: reload to see it")
	// ErrDrillChanged: the case or the codebook that an audit drill was made of has changed since it was shown. Nothing was recorded.
	ErrDrillChanged = errors.New("the chart or the codebook has changed since this drill was shown: look at it again")
	// ErrSittingClosed: the sitting is handed in, its time is up, or it is at a break. Nothing was kept.
	ErrSittingClosed = errors.New("this exam is closed: nothing more can be answered")
	// ErrNoAttemptLeft: the exam may be sat no more often.
	ErrNoAttemptLeft = errors.New("no attempt at this exam is left")
	// ErrNotYet: the answers of the sitting may not be looked at yet, or never.
	ErrNotYet = errors.New("the answers of this exam are not open yet")
	// ErrNotEmpty: the demo fills only an empty database.
	ErrNotEmpty = errors.New("the database already has learners: the demo needs an empty one")
	// ErrBusy: too many wait for the same thing; trying again in some seconds will do.
	ErrBusy = errors.New("too many people want the same at once: try again in a few seconds")
	// ErrDuplicate: a row with this key is there already. Storage answers it; use cases turn it into something better.
	ErrDuplicate = errors.New("already recorded")
	// ErrUnavailable: the database did not answer or could not keep the data (disk full, locked). Nothing was recorded.
	ErrUnavailable = errors.New("the database cannot be reached or written: nothing was recorded, try again")
)

// ErrTooMany says that a rate limit was reached and when the next try is allowed.
type ErrTooMany struct {
	RetryAfter time.Duration
}

func (e *ErrTooMany) Error() string {
	return fmt.Sprintf("too many tries: wait %s and try again", e.RetryAfter.Round(time.Second))
}

// InputError is one field that cannot be taken as it is. Reason is a sentence for the person who typed it.
type InputError struct {
	Field  string // name of the field: "email", "passphrase", "client_key"
	Reason string
}

func (e *InputError) Error() string { return e.Field + ": " + e.Reason }

// InputErrors are all the fields that cannot be taken. errors.As finds the single InputError in it too.
type InputErrors []*InputError

func (e InputErrors) Error() string {
	s := make([]string, len(e))
	for i, f := range e {
		s[i] = f.Error()
	}
	return strings.Join(s, "; ")
}

// Unwrap gives the single errors to errors.Is and errors.As.
func (e InputErrors) Unwrap() []error {
	out := make([]error, len(e))
	for i, f := range e {
		out[i] = f
	}
	return out
}

// asInput returns nil for no problem, the one problem as it is, and several as InputErrors.
func asInput(problems InputErrors) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return problems[0]
	}
	return problems
}
