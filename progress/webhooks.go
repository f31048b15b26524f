package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The bounds of endpoints.
const (
	MaxWebhooks   = 10              // of one person
	SecretOverlap = 24 * time.Hour  // for how long an old secret signs beside the new one
	RotatedOnce   = 5 * time.Minute // for how long a form for a new secret, sent again, gives the same one
)

// NewWebhook is what a form for an endpoint brings.
type NewWebhook struct {
	Owner     LearnerID // "" is the actor; only admins add them for others
	ClientKey string    // of the form: sent twice, it adds one
	URL       string
	Events    []WebhookKind
}

// WebhookSecret is an endpoint with the secret by which messages to it are signed. It is shown when it is made.
type WebhookSecret struct {
	Webhook
	Secret string `json:"secret"` // "whsec_" and base64
}

// AddWebhook adds an endpoint. Employers and admins, else ErrForbidden; InputErrors of url, events, owner and client_key;
// ErrCannotSeal.
func (s *Service) AddWebhook(ctx context.Context, a Actor, in NewWebhook) (WebhookSecret, error) {
	fail := func(err error) (WebhookSecret, error) {
		return WebhookSecret{}, fmt.Errorf("add webhook: %w", err)
	}
	owner, err := s.ownerFor(ctx, a, in.Owner)
	if err != nil {
		return fail(err)
	}
	have, err := s.st.Webhooks(ctx, a.org(), owner)
	if err != nil {
		return fail(err)
	}
	if again, ok, err := s.addedWebhook(have, in.ClientKey); ok || err != nil {
		return again, err
	}
	if err := s.checkNewWebhook(in, have); err != nil {
		return WebhookSecret{}, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	w := Webhook{ID: WebhookID(id), Org: a.org(), Owner: owner, ClientKey: in.ClientKey, URL: in.URL, CreatedAt: now}
	for _, k := range WebhookKinds { // in their order, once each
		for _, want := range in.Events {
			if k == want {
				w.Events = append(w.Events, k)
				break
			}
		}
	}
	secret, kept, err := s.newWebhookSecret(w)
	if err != nil {
		return fail(err)
	}
	w.Secret = kept
	entry, err := s.entry(a, "webhook.add", string(owner), id)
	if err != nil {
		return fail(err)
	}
	err = s.st.AddWebhook(ctx, a.org(), w, entry)
	if errors.Is(err, ErrDuplicate) { // sent twice at the same moment
		if have, err = s.st.Webhooks(ctx, a.org(), owner); err == nil {
			again, _, err := s.addedWebhook(have, in.ClientKey)
			return again, err
		}
	}
	if err != nil {
		return fail(err)
	}
	return WebhookSecret{w, secret}, nil
}

// addedWebhook is the endpoint that a form added when it was sent before; ok is false where there is none.
func (s *Service) addedWebhook(have []Webhook, clientKey string) (again WebhookSecret, ok bool, err error) {
	i := slices.IndexFunc(have, func(w Webhook) bool { return w.ClientKey == clientKey && clientKey != "" })
	if i < 0 {
		return WebhookSecret{}, false, nil
	}
	secret, err := s.openSecret(have[i], have[i].Secret)
	return WebhookSecret{have[i], secret}, true, err
}

func (s *Service) checkNewWebhook(in NewWebhook, have []Webhook) error {
	var problems InputErrors
	if e := checkKey(in.ClientKey); e != nil {
		problems = append(problems, e)
	}
	if s.opts.Webhooks == nil {
		problems = append(problems, &InputError{"url", "This server sends no messages."})
	} else if err := s.opts.Webhooks.Check(in.URL); err != nil {
		problems = append(problems, &InputError{"url", sentence(err.Error())})
	}
	if len(have) >= MaxWebhooks {
		problems = append(problems, &InputError{"url", fmt.Sprintf("There are %d endpoints, which is the most: remove one first.", len(have))})
	}
	if len(in.Events) == 0 {
		problems = append(problems, &InputError{"events", "Choose what the endpoint is to be told."})
	}
	for _, k := range in.Events {
		if !k.valid() {
			problems = append(problems, &InputError{"events", fmt.Sprintf("There is no event %q.", k)})
		}
	}
	return asInput(problems)
}

// sentence makes one of an error's words.
func sentence(text string) string {
	r := []rune(text)
	if len(r) == 0 {
		return text
	}
	if r[0] >= 'a' && r[0] <= 'z' {
		r[0] -= 'a' - 'A'
	}
	return string(r) + "."
}

// Webhooks lists the actor's endpoints, and for an admin those of the organisation, the newest first. ErrForbidden for those who do not hire.
func (s *Service) Webhooks(ctx context.Context, a Actor) ([]Webhook, error) {
	owner, err := hiringOwner(a)
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	ws, err := s.st.Webhooks(ctx, a.org(), owner)
	if err != nil {
		return nil, fmt.Errorf("webhooks: %w", err)
	}
	return ws, nil
}

// Webhook gives an endpoint. ErrNotFound also for another's.
func (s *Service) Webhook(ctx context.Context, a Actor, id WebhookID) (Webhook, error) {
	if !a.hires() {
		return Webhook{}, fmt.Errorf("webhook: %w", ErrForbidden)
	}
	w, err := s.st.Webhook(ctx, a.org(), id)
	if err == nil && !a.hiresFor(w.Owner) {
		err = ErrNotFound
	}
	if err != nil {
		return Webhook{}, fmt.Errorf("webhook %s: %w", id, err)
	}
	return w, nil
}

// RotateWebhook gives an endpoint a new secret. The one before signs beside it for SecretOverlap, so that the receiver can change over. from is
// the Stamp of the endpoint as the actor saw it, "" for however it is: the same form sent again within RotatedOnce gives the same new secret,
// since another would put the one that the receiver has out of force. Errors are those of Webhook; ErrConflict where it was changed since;
// ErrCannotSeal.
func (s *Service) RotateWebhook(ctx context.Context, a Actor, id WebhookID, from string) (WebhookSecret, error) {
	w, err := s.Webhook(ctx, a, id)
	if err != nil {
		return WebhookSecret{}, err
	}
	fail := func(err error) (WebhookSecret, error) {
		return WebhookSecret{}, fmt.Errorf("new secret of webhook %s: %w", id, err)
	}
	now := s.now()
	if from != "" && from != w.Stamp() {
		if w.OldUntil == nil || from != stampOf(w.OldSecret) || now.After(w.OldUntil.Add(RotatedOnce-SecretOverlap)) {
			return fail(ErrConflict)
		}
		secret, err := s.openSecret(w, w.Secret)
		if err != nil {
			return fail(err)
		}
		return WebhookSecret{w, secret}, nil
	}
	secret, kept, err := s.newWebhookSecret(w)
	if err != nil {
		return fail(err)
	}
	before, until := w.Secret, now.Add(SecretOverlap)
	w.Secret, w.OldSecret, w.OldUntil = kept, before, &until
	entry, err := s.entry(a, "webhook.rotate", string(w.Owner), string(id))
	if err != nil {
		return fail(err)
	}
	if err := s.st.SetWebhookSecret(ctx, a.org(), w, before, entry); err != nil {
		return fail(err)
	}
	return WebhookSecret{w, secret}, nil
}

// DropWebhook takes an endpoint with its log away. Errors are those of Webhook.
func (s *Service) DropWebhook(ctx context.Context, a Actor, id WebhookID) error {
	w, err := s.Webhook(ctx, a, id)
	if err != nil {
		return err
	}
	entry, err := s.entry(a, "webhook.drop", string(w.Owner), string(id))
	if err == nil {
		err = s.st.DropWebhook(ctx, a.org(), id, entry)
	}
	if err != nil && !errors.Is(err, ErrNotFound) { // gone meanwhile is what was wanted
		return fmt.Errorf("drop webhook %s: %w", id, err)
	}
	return nil
}

// Deliveries lists the newest limit deliveries to an endpoint, at most 500. Errors are those of Webhook.
func (s *Service) Deliveries(ctx context.Context, a Actor, id WebhookID, limit int) ([]Delivery, error) {
	if _, err := s.Webhook(ctx, a, id); err != nil {
		return nil, err
	}
	ds, err := s.st.Deliveries(ctx, a.org(), id, min(max(limit, 1), 500))
	if err != nil {
		return nil, fmt.Errorf("deliveries of webhook %s: %w", id, err)
	}
	return ds, nil
}

// SendAgain has a delivery sent now, under the same id, however it fared before, and tried for DeliveryLife anew. Errors are those of
// Webhook.
func (s *Service) SendAgain(ctx context.Context, a Actor, id WebhookID, d DeliveryID) error {
	w, err := s.Webhook(ctx, a, id)
	if err != nil {
		return err
	}
	entry, err := s.entry(a, "webhook.again", string(w.Owner), string(d))
	if err != nil {
		return err
	}
	now := s.now()
	if err := s.st.SendAgain(ctx, a.org(), id, d, now, now.Add(DeliveryLife), entry); err != nil {
		return fmt.Errorf("send %s again: %w", d, err)
	}
	return nil
}
