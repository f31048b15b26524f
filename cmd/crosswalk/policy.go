package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
)

// policyJSON is a policy as `crosswalk policy -json` prints it.
type policyJSON struct {
	ID        string         `json:"id"`
	Revision  int            `json:"revision"`
	Owner     string         `json:"owner"` // e-mail; "" for one that was erased
	CreatedAt string         `json:"created_at"`
	RetiredAt *string        `json:"retired_at"`
	Policy    grading.Policy `json:"policy"`
}

// policies manages the grading policies of staff.
func policies(ctx context.Context, args []string, io streams) error {
	f := newFlags("policy", io).withDB().withJSON()
	owner := f.String("owner", "", "add: the `e-mail` of the instructor, employer or admin whose policy it is")
	revision := f.Int("revision", 0, "show: this revision; the newest when 0")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say what to do: list, show, add or retire")
	}
	verb, rest := rest[0], rest[1:]
	want := map[string]string{"list": "", "show": "an id or name", "add": "a file with a policy in JSON", "retire": "an id or name"}
	arg, known := want[verb]
	switch {
	case !known:
		return usagef("%q is none of list, show, add, retire", verb)
	case arg == "" && len(rest) > 0:
		return usagef("list takes no arguments")
	case arg != "" && len(rest) != 1:
		return usagef("%s takes %s", verb, arg)
	case verb == "add" && *owner == "":
		return usagef("say whose policy it is, as in: crosswalk policy add FILE -owner ines@example.edu")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	c := policyCommand{prog: prog, op: progress.Operator(progress.DefaultOrg), io: io, json: f.json, owners: map[progress.LearnerID]string{}}
	switch verb {
	case "list":
		return c.list(ctx)
	case "add":
		return c.add(ctx, rest[0], *owner)
	}
	p, err := c.find(ctx, rest[0])
	if err != nil {
		return err
	}
	if verb == "retire" {
		if err := prog.RetirePolicy(ctx, c.op, p.ID); err != nil {
			return err
		}
		if c.json {
			if p, err = prog.Policy(ctx, c.op, p.ID); err != nil {
				return err
			}
			return printJSON(io, c.view(ctx, p))
		}
		fmt.Fprintf(io.out, "%s is retired; what it graded stays\n", p.Body.Name)
		return nil
	}
	return c.show(ctx, p, *revision)
}

type policyCommand struct {
	prog   *progress.Service
	op     progress.Actor
	io     streams
	json   bool
	owners map[progress.LearnerID]string // e-mail by id
}

func (c *policyCommand) owner(ctx context.Context, id progress.LearnerID) string {
	mail, known := c.owners[id]
	if !known {
		if l, err := c.prog.Learner(ctx, c.op, id); err == nil {
			mail = l.Email
		}
		c.owners[id] = mail
	}
	return mail
}

func (c *policyCommand) view(ctx context.Context, p progress.Policy) policyJSON {
	v := policyJSON{ID: string(p.ID), Revision: p.Revision, Owner: c.owner(ctx, p.Owner), CreatedAt: p.CreatedAt.Format(time.RFC3339), Policy: p.Body}
	if p.RetiredAt != nil {
		at := p.RetiredAt.Format(time.RFC3339)
		v.RetiredAt = &at
	}
	return v
}

func (c *policyCommand) list(ctx context.Context) error {
	ps, err := c.prog.Policies(ctx, c.op)
	if err != nil {
		return err
	}
	out := []policyJSON{}
	for _, p := range ps {
		out = append(out, c.view(ctx, p))
	}
	if c.json {
		return printJSON(c.io, out)
	}
	for _, v := range out {
		state := ""
		if v.RetiredAt != nil {
			state = "  retired"
		}
		fmt.Fprintf(c.io.out, "%s  r%-3d %-15s %-28s %s%s\n", v.ID, v.Revision, v.Policy.Scheme, v.Owner, v.Policy.Name, state)
	}
	fmt.Fprintf(c.io.out, "%d policies\n", len(out))
	return nil
}

// find takes an id, or a name that only one policy in force has.
func (c *policyCommand) find(ctx context.Context, arg string) (progress.Policy, error) {
	ps, err := c.prog.Policies(ctx, c.op)
	if err != nil {
		return progress.Policy{}, err
	}
	if i := slices.IndexFunc(ps, func(p progress.Policy) bool { return string(p.ID) == arg }); i >= 0 {
		return ps[i], nil
	}
	var found []progress.Policy
	for _, p := range ps {
		if p.RetiredAt == nil && strings.EqualFold(p.Body.Name, arg) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return progress.Policy{}, usagef("there is no policy %q; crosswalk policy list shows those there are", arg)
	case 1:
		return found[0], nil
	}
	return progress.Policy{}, usagef("%d policies are called %q: name one by its id, which crosswalk policy list shows", len(found), arg)
}

// show prints the policy as the file that `crosswalk grade -policy` takes; with -json all that is kept of it.
func (c *policyCommand) show(ctx context.Context, p progress.Policy, revision int) error {
	if revision != 0 {
		revs, err := c.prog.PolicyRevisions(ctx, c.op, p.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(revs, func(r progress.Policy) bool { return r.Revision == revision })
		if i < 0 {
			return usagef("%s has no revision %d: it has %d to %d", p.Body.Name, revision, revs[0].Revision, p.Revision)
		}
		p = revs[i]
	}
	if c.json {
		return printJSON(c.io, c.view(ctx, p))
	}
	return printJSON(c.io, p.Body)
}

func (c *policyCommand) add(ctx context.Context, file, email string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return usagef("%v", err)
	}
	l, err := c.prog.UserByEmail(ctx, c.op, email)
	if errors.Is(err, progress.ErrNotFound) {
		return usagef("there is no account %s; crosswalk user list shows those there are", email)
	}
	if err != nil {
		return err
	}
	p, err := c.prog.ImportPolicy(ctx, c.op, l.ID, body)
	if wrong := wrongIn(file, err); wrong != "" {
		return usagef("%s", wrong)
	}
	if err != nil {
		return err
	}
	if c.json {
		return printJSON(c.io, c.view(ctx, p))
	}
	fmt.Fprintf(c.io.out, "%s  %s, revision %d, of %s\n", p.ID, p.Body.Name, p.Revision, l.Email)
	return nil
}

// wrongIn are the reasons for which the contents of a file were refused, a line each; "" for another error or none.
func wrongIn(file string, err error) string {
	var many progress.InputErrors
	var one *progress.InputError
	switch {
	case errors.As(err, &many):
		var lines []string
		for _, e := range many {
			lines = append(lines, file+": "+e.Reason)
		}
		return strings.Join(lines, "\n")
	case errors.As(err, &one):
		return file + ": " + one.Reason
	}
	return ""
}
