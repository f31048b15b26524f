package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
)

const settingsPath = "/hire/settings"

type settingsPage struct {
	basePage
	Tokens   []tokenRow
	Webhooks []webhookRow
	Token    tokenForm
	Webhook  webhookForm
	NewToken string // a token that was just made, to be shown once
}

type tokenRow struct {
	Name, Owner, Scope, Until, Used, Revoke string
	Over                                    string // why it opens nothing any more, "" for one in force
}

type tokenForm struct {
	Key, Name, Scope, Days string
	Errors                 map[string]string
}

type webhookRow struct {
	Path, URL, Owner string
	Events           []string
}

type webhookForm struct {
	Key, URL string
	Events   []eventChoice
	Errors   map[string]string
}

type eventChoice struct {
	Value, Text string
	On          bool
}

// hireSettings shows the tokens and endpoints of an employer.
func (s *Server) hireSettings(c *fiber.Ctx) error {
	return s.showSettings(c, fiber.StatusOK, func(*settingsPage) {})
}

func (s *Server) showSettings(c *fiber.Ctx, status int, change func(*settingsPage)) error {
	ctx, a := c.UserContext(), actor(c)
	p := settingsPage{basePage: s.base(c, s.words.get("api.settings_title"), "hire")}
	if c.Method() != fiber.MethodGet {
		p.Path = settingsPath
	}
	tokens, err := s.progress.APITokens(ctx, a)
	if err != nil {
		return err
	}
	hooks, err := s.progress.Webhooks(ctx, a)
	if err != nil {
		return err
	}
	people, now := s.names(c), s.now()
	of := func(l progress.LearnerID) string {
		if l == a.Learner {
			return ""
		}
		return people(l)
	}
	for _, t := range tokens {
		row := tokenRow{Name: t.Name, Owner: of(t.Owner), Scope: s.words.get("api.scope_" + string(t.Scope)), Until: when(c, t.ExpiresAt), Revoke: settingsPath + "/tokens/" + string(t.ID) + "/revoke"}
		switch {
		case t.RevokedAt != nil:
			row.Over = s.words.get("api.token_revoked")
		case !t.InForce(now):
			row.Over = s.words.get("api.token_expired")
		}
		if t.UsedAt != nil {
			row.Used = when(c, *t.UsedAt)
		}
		p.Tokens = append(p.Tokens, row)
	}
	for _, w := range hooks {
		p.Webhooks = append(p.Webhooks, webhookRow{Path: webhookPath(w.ID), URL: w.URL, Owner: of(w.Owner), Events: s.eventNames(w.Events)})
	}
	p.Token = tokenForm{Key: uuid.NewString(), Scope: string(progress.ScopeRead), Days: "90"}
	p.Webhook = webhookForm{Key: uuid.NewString(), Events: s.eventChoices(progress.WebhookKinds)}
	change(&p)
	return s.render(c, status, "hiresettings", p)
}

func (s *Server) eventNames(ks []progress.WebhookKind) []string {
	var out []string
	for _, k := range ks {
		out = append(out, s.words.get("api.event_"+eventWord(k)))
	}
	return out
}

// eventChoices are all kinds of events, with those that are on.
func (s *Server) eventChoices(on []progress.WebhookKind) []eventChoice {
	var out []eventChoice
	for _, k := range progress.WebhookKinds {
		e := eventChoice{Value: string(k), Text: s.words.get("api.event_" + eventWord(k))}
		for _, is := range on {
			e.On = e.On || is == k
		}
		out = append(out, e)
	}
	return out
}

// makeToken makes a token and shows it: afterwards nobody can, what is kept is a hash.
func (s *Server) makeToken(c *fiber.Ctx) error {
	form := tokenForm{Key: c.FormValue("client_key"), Name: c.FormValue("name"), Scope: c.FormValue("scope"), Days: c.FormValue("days")}
	days, _ := strconv.Atoi(strings.TrimSpace(form.Days)) // 0 for what is no number, which is refused
	t, err := s.progress.MakeAPIToken(c.UserContext(), actor(c), progress.NewAPIToken{ClientKey: form.Key, Name: form.Name, Scope: progress.Scope(form.Scope), Days: days})
	if errs := s.inputErrors(err); errs != nil {
		form.Errors = errs
		return s.showSettings(c, fiber.StatusUnprocessableEntity, func(p *settingsPage) { p.Token = form })
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.showSettings(c, fiber.StatusOK, func(p *settingsPage) { p.NewToken = string(t.Token) })
}

func (s *Server) revokeToken(c *fiber.Ctx) error {
	if err := s.progress.RevokeAPIToken(c.UserContext(), actor(c), progress.APITokenID(c.Params("token"))); err != nil {
		return err
	}
	s.say(c, "tokenrevoked")
	return seeOther(c, settingsPath)
}

func webhookPath(id progress.WebhookID) string { return settingsPath + "/webhooks/" + string(id) }

// addWebhook adds an endpoint and shows its secret.
func (s *Server) addWebhook(c *fiber.Ctx) error {
	var events []progress.WebhookKind
	for _, k := range progress.WebhookKinds {
		if c.FormValue("event."+string(k)) != "" {
			events = append(events, k)
		}
	}
	form := webhookForm{Key: c.FormValue("client_key"), URL: strings.TrimSpace(c.FormValue("url")), Events: s.eventChoices(events)}
	w, err := s.progress.AddWebhook(c.UserContext(), actor(c), progress.NewWebhook{ClientKey: form.Key, URL: form.URL, Events: events})
	if errs := s.inputErrors(err); errs != nil {
		form.Errors = errs
		return s.showSettings(c, fiber.StatusUnprocessableEntity, func(p *settingsPage) { p.Webhook = form })
	}
	if err != nil {
		return err
	}
	return s.showWebhook(c, w.Webhook, w.Secret)
}

type webhookPage struct {
	basePage
	Action, URL, Secret string // Secret is shown when it was just made
	Stamp               string // of the secret that the form replaces
	Events              []string
	OldUntil            string
	Deliveries          []deliveryRow
}

type deliveryRow struct {
	ID, Event, At, State, StateText, Tries, Next, Problem string
	Candidate, Path                                       string
}

// webhook shows an endpoint with the log of what was sent to it.
func (s *Server) webhook(c *fiber.Ctx) error {
	w, err := s.progress.Webhook(c.UserContext(), actor(c), progress.WebhookID(c.Params("webhook")))
	if err != nil {
		return err
	}
	return s.showWebhook(c, w, "")
}

// logLength is how many deliveries a page shows.
const logLength = 200

func (s *Server) showWebhook(c *fiber.Ctx, w progress.Webhook, secret string) error {
	log, err := s.progress.Deliveries(c.UserContext(), actor(c), w.ID, logLength)
	if err != nil {
		return err
	}
	if secret != "" {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	p := webhookPage{basePage: s.base(c, s.words.get("api.webhook_title"), "hire"), Action: webhookPath(w.ID), URL: w.URL, Secret: secret, Stamp: w.Stamp(), Events: s.eventNames(w.Events)}
	p.Path = p.Action
	if w.OldUntil != nil && s.now().Before(*w.OldUntil) {
		p.OldUntil = when(c, *w.OldUntil)
	}
	for _, d := range log {
		row := deliveryRow{
			ID: string(d.ID), Event: s.words.get("api.event_" + eventWord(d.Kind)), At: when(c, d.At), State: string(d.State), StateText: s.words.get("api.state_" + string(d.State)),
			Tries: strconv.Itoa(d.Tries), Problem: d.Problem, Candidate: string(d.Candidate), Path: "/hire/" + string(d.Assessment) + "/candidates/" + string(d.Candidate),
		}
		if d.State == progress.DeliveryWaiting {
			row.Next = when(c, d.DueAt)
		}
		p.Deliveries = append(p.Deliveries, row)
	}
	return s.render(c, fiber.StatusOK, "hirewebhook", p)
}

func (s *Server) rotateWebhook(c *fiber.Ctx) error {
	w, err := s.progress.RotateWebhook(c.UserContext(), actor(c), progress.WebhookID(c.Params("webhook")), c.FormValue("from"))
	if err != nil {
		return err
	}
	return s.showWebhook(c, w.Webhook, w.Secret)
}

func (s *Server) dropWebhook(c *fiber.Ctx) error {
	if err := s.progress.DropWebhook(c.UserContext(), actor(c), progress.WebhookID(c.Params("webhook"))); err != nil {
		return err
	}
	s.say(c, "webhookdropped")
	return seeOther(c, settingsPath)
}

// sendAgain has one delivery sent now.
func (s *Server) sendAgain(c *fiber.Ctx) error {
	id := progress.WebhookID(c.Params("webhook"))
	if err := s.progress.SendAgain(c.UserContext(), actor(c), id, progress.DeliveryID(c.FormValue("delivery"))); err != nil {
		return err
	}
	s.say(c, "sendagain")
	return seeOther(c, webhookPath(id)+"#log")
}
