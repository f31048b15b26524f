package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	stdio "io"
	"os"
	"strings"

	"crosswalk/progress"
)

// user manages accounts. Passphrases come from standard input, never from flags, which other users of the machine can see.
func user(ctx context.Context, args []string, io streams) error {
	f := newFlags("user", io).withDB().withJSON()
	email := f.String("email", "", "the account's e-mail")
	name := f.String("name", "", "the person's name")
	role := f.String("role", "learner", "learner, instructor, employer or admin")
	guests := f.Bool("guests", false, "list: guests too")
	yes := f.Bool("yes", false, "erase: do not ask")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say what to do: add, passwd, list, export, import or erase")
	}
	verb := rest[0]
	if verb == "import" {
		return importRecord(ctx, f, rest[1:], *email, io)
	}
	if len(rest) == 2 && *email == "" {
		*email = rest[1]
	} else if len(rest) > 1 {
		return usagef("too many arguments: name one account by its e-mail")
	}
	switch verb {
	case "add", "passwd", "export", "erase":
		if *email == "" {
			return usagef("name the account, as in: crosswalk user %s -email ann@example.org", verb)
		}
	case "list":
	default:
		return usagef("%q is none of add, passwd, list, export, import, erase", verb)
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, verb != "add")
	if err != nil {
		return err
	}
	defer closeDB()
	op := progress.Operator(progress.DefaultOrg)
	switch verb {
	case "add":
		pass, err := readPassphrase(io)
		if err != nil {
			return err
		}
		l, err := prog.AddUser(ctx, op, progress.NewUser{Name: *name, Email: *email, Passphrase: pass, Role: progress.Role(*role)})
		if err != nil {
			return asUsage(err)
		}
		fmt.Fprintf(io.out, "%s is there as %s\n", l.Email, l.Role)
		return nil
	case "list":
		return listUsers(ctx, prog, op, progress.UserFilter{WithGuests: *guests, Limit: 1000}, io, f.json)
	}
	l, err := prog.UserByEmail(ctx, op, *email)
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("there is no account %s; crosswalk user list shows those there are", *email)
	}
	if err != nil {
		return err
	}
	switch verb {
	case "passwd":
		pass, err := readPassphrase(io)
		if err != nil {
			return err
		}
		if err := prog.SetPassphrase(ctx, op, l.ID, pass); err != nil {
			return asUsage(err)
		}
		fmt.Fprintf(io.out, "the passphrase of %s is changed, and its sessions are ended\n", l.Email)
		return nil
	case "export":
		rec, err := prog.Export(ctx, op, l.ID)
		if err != nil {
			return err
		}
		return printJSON(io, rec)
	}
	if !*yes {
		fmt.Fprintf(io.err, "Erase name, e-mail and free text of %s? It cannot be undone. Type yes: ", l.Email)
		line, _ := bufio.NewReader(io.in).ReadString('\n')
		if strings.TrimSpace(line) != "yes" {
			fmt.Fprintln(io.out, "nothing was erased")
			return errNo
		}
	}
	if err := prog.Erase(ctx, op, l.ID); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is erased; answers without a name stay\n", l.Email)
	return nil
}

// importRecord reads a file of user export, or of the page, into the record of an account.
func importRecord(ctx context.Context, f *flags, args []string, email string, io streams) error {
	if len(args) != 1 || email == "" {
		return usagef("name the file and the account, as in: crosswalk user import record.json -email ann@example.org")
	}
	file, err := os.Open(args[0])
	if err != nil {
		return usagef("%v", err)
	}
	defer file.Close()
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	op := progress.Operator(progress.DefaultOrg)
	l, err := prog.UserByEmail(ctx, op, email)
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("there is no account %s; crosswalk user list shows those there are", email)
	}
	if err != nil {
		return err
	}
	done, err := prog.ImportRecordFor(ctx, op, l.ID, file)
	var all progress.InputErrors
	if errors.As(err, &all) {
		for _, e := range all {
			fmt.Fprintf(io.err, "%s: %s: %s\n", args[0], e.Field, e.Reason)
		}
		return usagef("nothing was imported")
	}
	if err != nil {
		return asUsage(err)
	}
	if f.json {
		return printJSON(io, done)
	}
	fmt.Fprintf(io.out, "the record of %s now holds what was exported on %s:\n", l.Email, done.From)
	for _, c := range []struct {
		what string
		n    progress.Counted
	}{{"answers", done.Attempts}, {"reviews", done.Reviews}, {"drills", done.Drills}, {"drafts", done.Drafts}, {"lessons", done.Lessons}, {"notes", done.Notes}} {
		if c.n.All > 0 {
			fmt.Fprintf(io.out, "  %d %s, %d of them new\n", c.n.All, c.what, c.n.New)
		}
	}
	return nil
}

func readPassphrase(io streams) (string, error) {
	fmt.Fprint(io.err, "Passphrase (ten characters or more): ")
	line, err := bufio.NewReader(stdio.LimitReader(io.in, 1000)).ReadString('\n')
	if err != nil && line == "" {
		return "", usagef("no passphrase on standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// asUsage turns what is wrong with an input into a usage error.
func asUsage(err error) error {
	var one *progress.InputError
	if errors.As(err, &one) || errors.Is(err, progress.ErrEmailTaken) {
		return usagef("%v", err)
	}
	return err
}

type userJSON struct {
	ID      string `json:"id"`
	Role    string `json:"role"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Guest   bool   `json:"guest"`
	Created string `json:"created_at"`
}

func listUsers(ctx context.Context, prog *progress.Service, op progress.Actor, filter progress.UserFilter, io streams, asJSON bool) error {
	out := []userJSON{}
	for {
		list, _, err := prog.Users(ctx, op, filter)
		if err != nil {
			return err
		}
		for _, l := range list {
			out = append(out, userJSON{string(l.ID), string(l.Role), l.Name, l.Email, l.Guest, l.CreatedAt.Format("2006-01-02T15:04:05Z07:00")})
			filter.After = l.ID
		}
		if len(list) < filter.Limit {
			break
		}
	}
	if asJSON {
		return printJSON(io, out)
	}
	for _, u := range out {
		fmt.Fprintf(io.out, "%-11s %-32s %s\n", u.Role, u.Email, u.Name)
	}
	fmt.Fprintf(io.out, "%d accounts\n", len(out))
	return nil
}
