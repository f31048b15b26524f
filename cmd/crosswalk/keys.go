package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crosswalk/progress"
)

// signingKeyJSON is a key as `crosswalk keys -json` prints it.
type signingKeyJSON struct {
	ID        string     `json:"id"`    // thumbprint of the public part, the end of the kid in what it signed
	State     string     `json:"state"` // signs, verifies, retired
	CreatedAt time.Time  `json:"created_at"`
	RotatedAt *time.Time `json:"rotated_at,omitempty"`
	RetiredAt *time.Time `json:"retired_at,omitempty"`
}

func signingKeyOf(k progress.SigningKey) signingKeyJSON {
	state := "verifies"
	switch {
	case k.Signs():
		state = "signs"
	case k.RetiredAt != nil:
		state = "retired"
	}
	return signingKeyJSON{k.ID, state, k.CreatedAt, k.RotatedAt, k.RetiredAt}
}

// keys manages the keys that credentials are signed with.
func keys(ctx context.Context, args []string, io streams) error {
	f := newFlags("keys", io).withDB().withJSON().withKeyFile()
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	verb := ""
	if len(rest) > 0 {
		verb, rest = rest[0], rest[1:]
	}
	switch {
	case verb != "list" && verb != "rotate" && verb != "retire":
		return usagef("say what to do: list, rotate or retire KEY")
	case verb == "retire" && len(rest) != 1:
		return usagef("retire takes the id of a key, which crosswalk keys list prints")
	case verb != "retire" && len(rest) > 0:
		return usagef("%s takes no arguments", verb)
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	op := progress.Operator(progress.DefaultOrg)
	switch verb {
	case "rotate":
		k, err := prog.RotateSigningKey(ctx, op)
		if err != nil {
			return err
		}
		if f.json {
			return printJSON(io, signingKeyOf(k))
		}
		fmt.Fprintf(io.out, "%s signs from now on. The keys before it go on to verify what they signed.\n", k.ID)
		return nil
	case "retire":
		err := prog.RetireSigningKey(ctx, op, rest[0])
		if errors.Is(err, progress.ErrNotFound) {
			return usagef("there is no key %s: crosswalk keys list prints them", rest[0])
		}
		if err == nil {
			fmt.Fprintf(io.out, "%s is retired: what it signed does not verify any more.\n", rest[0])
		}
		return err
	}
	return listKeys(ctx, f, io, prog, op)
}

func listKeys(ctx context.Context, f *flags, io streams, prog *progress.Service, op progress.Actor) error {
	ks, err := prog.SigningKeys(ctx, op)
	if err != nil {
		return err
	}
	out := []signingKeyJSON{}
	for _, k := range ks {
		out = append(out, signingKeyOf(k))
	}
	if f.json {
		return printJSON(io, out)
	}
	for _, k := range out {
		fmt.Fprintf(io.out, "%s  %-9s made %s\n", k.ID, k.State, k.CreatedAt.Format(time.DateOnly))
	}
	if len(out) == 0 {
		fmt.Fprintln(io.out, "There is no key yet: the first is made when a credential is asked for.")
	}
	return nil
}
