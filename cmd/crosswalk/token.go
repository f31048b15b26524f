package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"crosswalk/progress"
)

// tokenJSON is a token of the API as `crosswalk token -json` prints it.
type tokenJSON struct {
	progress.APIToken
	Email string         `json:"email"` // of the owner, "" for one that was erased
	Token progress.Token `json:"token,omitempty"`
}

// tokenCommand manages tokens of the API.
func tokenCommand(ctx context.Context, args []string, io streams) error {
	f := newFlags("token", io).withDB().withJSON()
	owner := f.String("owner", "", "make: the `e-mail` of the employer or admin in whose name it acts")
	scope := f.String("scope", "read", "make: read, or write for one that also changes things")
	days := f.Int("days", 90, "make: for how many days it is good")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) == 1 && rest[0] == "list":
	case len(rest) == 2 && rest[0] == "revoke":
	case len(rest) == 2 && rest[0] == "make" && *owner != "":
	case len(rest) == 2 && rest[0] == "make":
		return usagef("say whose token it is, as in: crosswalk token make \"applicant tracking\" -owner colin@example.org")
	default:
		return usagef("say what to do: list, make NAME -owner EMAIL, or revoke ID")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	op := progress.Operator(progress.DefaultOrg)
	switch rest[0] {
	case "revoke":
		if err := prog.RevokeAPIToken(ctx, op, progress.APITokenID(rest[1])); err != nil {
			return noSuch(err, "token", rest[1])
		}
		fmt.Fprintf(io.out, "%s opens nothing any more\n", rest[1])
		return nil
	case "make":
		l, err := hiringAccount(ctx, prog, op, *owner)
		if err != nil {
			return err
		}
		t, err := prog.MakeAPIToken(ctx, op, progress.NewAPIToken{Owner: l.ID, ClientKey: uuid.NewString(), Name: rest[1], Scope: progress.Scope(*scope), Days: *days})
		if wrong := wrongIn("token", err); wrong != "" {
			return usagef("%s", wrong)
		}
		if err != nil {
			return err
		}
		if f.json {
			return printJSON(io, tokenJSON{t.APIToken, l.Email, t.Token})
		}
		fmt.Fprintf(io.err, "%s of %s, good until %s; it is printed this once\n", t.ID, l.Email, t.ExpiresAt.Format(time.DateOnly))
		fmt.Fprintln(io.out, t.Token)
		return nil
	}
	return listTokens(ctx, prog, op, f.json, io)
}

func listTokens(ctx context.Context, prog *progress.Service, op progress.Actor, asJSON bool, io streams) error {
	ts, err := prog.APITokens(ctx, op)
	if err != nil {
		return err
	}
	out := []tokenJSON{}
	for _, t := range ts {
		out = append(out, tokenJSON{APIToken: t, Email: emailOf(ctx, prog, op, t.Owner)})
	}
	if asJSON {
		return printJSON(io, out)
	}
	for _, t := range out {
		state := "until " + t.ExpiresAt.Format(time.DateOnly)
		switch {
		case t.RevokedAt != nil:
			state = "revoked"
		case !t.InForce(time.Now()):
			state = "expired"
		}
		fmt.Fprintf(io.out, "%s  %-5s  %-16s  %-28s %s\n", t.ID, t.Scope, state, t.Email, t.Name)
	}
	fmt.Fprintf(io.out, "%d tokens\n", len(out))
	return nil
}

// hiringAccount is the account of an e-mail.
func hiringAccount(ctx context.Context, prog *progress.Service, op progress.Actor, email string) (progress.Learner, error) {
	l, err := prog.UserByEmail(ctx, op, email)
	if errors.Is(err, progress.ErrNotFound) {
		return l, usagef("there is no account %s; crosswalk user list shows those there are", email)
	}
	return l, err
}

func emailOf(ctx context.Context, prog *progress.Service, op progress.Actor, id progress.LearnerID) string {
	l, err := prog.Learner(ctx, op, id)
	if err != nil { // erased: what is listed is listed all the same
		return ""
	}
	return l.Email
}

// noSuch says what there is none of.
func noSuch(err error, what, id string) error {
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("there is no %s %s", what, id)
	}
	return err
}
