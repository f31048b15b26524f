package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"crosswalk/progress"
	"crosswalk/webhook"
)

// sendEvery is how often deliveries that are due are looked for. Looking is one read of an index.
const sendEvery = 2 * time.Second

// newPoster is what posts webhooks for this program.
func newPoster(allowLoopback bool) *webhook.Sender {
	return webhook.NewSender("Crosswalk/"+version(), allowLoopback)
}

// sendWebhooks sends what falls due while the server runs, and drops what is old.
func sendWebhooks(ctx context.Context, prog *progress.Service, log *slog.Logger) {
	t, old := time.NewTicker(sendEvery), time.NewTicker(sweepEvery)
	defer t.Stop()
	defer old.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-old.C:
			if _, err := prog.SweepDeliveries(ctx); err != nil && ctx.Err() == nil {
				log.Error("sweeping deliveries", "err", err)
			}
		case <-t.C:
			for {
				n, err := prog.SendDue(ctx)
				if err != nil && ctx.Err() == nil {
					log.Error("sending webhooks", "err", err)
				}
				if n == 0 || err != nil {
					break
				}
			}
		}
	}
}

// webhookJSON is an endpoint as `crosswalk webhook -json` prints it.
type webhookJSON struct {
	progress.Webhook
	Email  string `json:"email"` // of the owner, "" for one that was erased
	Secret string `json:"secret,omitempty"`
}

// webhookCommand manages endpoints and their deliveries.
func webhookCommand(ctx context.Context, args []string, io streams) error {
	f := newFlags("webhook", io).withDB().withJSON().withKeyFile()
	owner := f.String("owner", "", "add: the `e-mail` of the employer or admin whose tests it is told of")
	events := f.String("events", "", "add: the events it is told, with commas between (default: all)")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say what to do: list, add URL -owner EMAIL, log ID, again ID DELIVERY, rotate ID, or drop ID")
	}
	verb, rest := rest[0], rest[1:]
	want, known := map[string]int{"list": 0, "add": 1, "log": 1, "again": 2, "rotate": 1, "drop": 1}[verb]
	switch {
	case !known:
		return usagef("%q is none of list, add, log, again, rotate, drop", verb)
	case len(rest) != want:
		return usagef("%s takes %d arguments, but got %d", verb, want, len(rest))
	case verb == "add" && *owner == "":
		return usagef("say whose endpoint it is, as in: crosswalk webhook add https://hr.example.com/crosswalk -owner colin@example.org")
	}
	prog, _, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	c := webhookRun{prog: prog, op: progress.Operator(progress.DefaultOrg), io: io, json: f.json}
	switch verb {
	case "list":
		return c.list(ctx)
	case "add":
		return c.add(ctx, rest[0], *owner, *events)
	}
	return noSuch(c.on(ctx, verb, progress.WebhookID(rest[0]), rest[1:]), "endpoint or delivery", strings.Join(rest, " "))
}

type webhookRun struct {
	prog *progress.Service
	op   progress.Actor
	io   streams
	json bool
}

func (c webhookRun) list(ctx context.Context) error {
	ws, err := c.prog.Webhooks(ctx, c.op)
	if err != nil {
		return err
	}
	out := []webhookJSON{}
	for _, w := range ws {
		out = append(out, webhookJSON{Webhook: w, Email: emailOf(ctx, c.prog, c.op, w.Owner)})
	}
	if c.json {
		return printJSON(c.io, out)
	}
	for _, w := range out {
		fmt.Fprintf(c.io.out, "%s  %-28s %s\n", w.ID, w.Email, w.URL)
	}
	fmt.Fprintf(c.io.out, "%d endpoints\n", len(out))
	return nil
}

func (c webhookRun) add(ctx context.Context, url, owner, events string) error {
	l, err := hiringAccount(ctx, c.prog, c.op, owner)
	if err != nil {
		return err
	}
	in := progress.NewWebhook{Owner: l.ID, ClientKey: uuid.NewString(), URL: url, Events: progress.WebhookKinds}
	if events != "" {
		in.Events = nil
		for _, e := range splitList(events) {
			in.Events = append(in.Events, progress.WebhookKind(e))
		}
	}
	w, err := c.prog.AddWebhook(ctx, c.op, in)
	if wrong := wrongIn("webhook", err); wrong != "" {
		return usagef("%s", wrong)
	}
	if err != nil {
		return err
	}
	return c.secret(w, l.Email)
}

// secret prints the secret of an endpoint, this once.
func (c webhookRun) secret(w progress.WebhookSecret, email string) error {
	if c.json {
		return printJSON(c.io, webhookJSON{w.Webhook, email, w.Secret})
	}
	fmt.Fprintf(c.io.err, "%s of %s; messages are signed with this secret, which is printed this once\n", w.ID, email)
	fmt.Fprintln(c.io.out, w.Secret)
	return nil
}

// on does something with one endpoint.
func (c webhookRun) on(ctx context.Context, verb string, id progress.WebhookID, rest []string) error {
	switch verb {
	case "log":
		return c.log(ctx, id)
	case "rotate":
		w, err := c.prog.RotateWebhook(ctx, c.op, id, "")
		if err != nil {
			return err
		}
		return c.secret(w, emailOf(ctx, c.prog, c.op, w.Owner))
	case "again":
		if err := c.prog.SendAgain(ctx, c.op, id, progress.DeliveryID(rest[0])); err != nil {
			return err
		}
		fmt.Fprintln(c.io.out, "the server sends it within seconds")
		return nil
	}
	if err := c.prog.DropWebhook(ctx, c.op, id); err != nil {
		return err
	}
	fmt.Fprintf(c.io.out, "%s is told nothing more\n", id)
	return nil
}

func (c webhookRun) log(ctx context.Context, id progress.WebhookID) error {
	ds, err := c.prog.Deliveries(ctx, c.op, id, 500)
	if err != nil {
		return err
	}
	if c.json {
		if ds == nil {
			ds = []progress.Delivery{}
		}
		return printJSON(c.io, ds)
	}
	for _, d := range ds {
		fmt.Fprintf(c.io.out, "%s  %-7s %2d tries  %-20s  %s  %s\n", d.At.Format(time.RFC3339), d.State, d.Tries, d.Kind, d.ID, d.Problem)
	}
	fmt.Fprintf(c.io.out, "%d deliveries\n", len(ds))
	return nil
}
