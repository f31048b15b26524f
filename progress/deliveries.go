package progress

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// How deliveries are sent.
const (
	sendTogether  = 16               // deliveries that are posted at the same time
	leaseFor      = 2 * time.Minute  // well above the longest try
	firstRetry    = 10 * time.Second // and three times as long each time
	longestRetry  = 6 * time.Hour
	keepDelivered = 30 * 24 * time.Hour // how long the log goes back
)

// WebhookMessage is the body of a message, which names nobody: whoever may know asks the API.
type WebhookMessage struct {
	Type      WebhookKind        `json:"type"`
	Timestamp time.Time          `json:"timestamp"` // when it happened
	Data      WebhookMessageData `json:"data"`
}

// WebhookMessageData says what it happened to.
type WebhookMessageData struct {
	Assessment AssessmentID `json:"assessment"`
	Candidate  CandidateID  `json:"candidate"`
	Sitting    SittingID    `json:"sitting,omitempty"`
}

// body is the message of a delivery. It is the same at every try.
func (d Delivery) body() ([]byte, error) {
	return json.Marshal(WebhookMessage{d.Kind, d.At.UTC(), WebhookMessageData{d.Assessment, d.Candidate, d.Sitting}})
}

// retryAfter is how long after the nth failed try the next one comes: from firstRetry, three times as long each time up to longestRetry, and
// by jitter (0 to 1) a fifth more or less, so that endpoints that were down are not all called at once.
func retryAfter(tries int, jitter float64) time.Duration {
	d := firstRetry
	for range tries - 1 {
		if d = 3 * d; d >= longestRetry {
			d = longestRetry
			break
		}
	}
	return time.Duration(float64(d) * (0.8 + 0.4*jitter))
}

// SendDue sends deliveries that are due and says how many were tried. Call it now and then; several servers of a database share the work,
// since each holds what it sends by a lease. A server that is lost while it sends may have sent: the message comes again under the same id
// when the lease ends.
func (s *Service) SendDue(ctx context.Context) (tried int, err error) {
	if s.opts.Webhooks == nil {
		return 0, nil
	}
	lease, err := s.newSecret()
	if err != nil {
		return 0, err
	}
	now := s.now()
	ds, err := s.st.LeaseDeliveries(ctx, now, now.Add(leaseFor), string(lease), sendTogether)
	if err != nil {
		return 0, fmt.Errorf("lease deliveries: %w", err)
	}
	errs := make([]error, len(ds))
	var all sync.WaitGroup
	for i, d := range ds {
		all.Go(func() { errs[i] = s.send(ctx, d) })
	}
	all.Wait()
	return len(ds), errors.Join(errs...)
}

// send tries one delivery and keeps what came of it.
func (s *Service) send(ctx context.Context, d Delivery) error {
	w, err := s.st.Webhook(ctx, d.Org, d.Webhook)
	if errors.Is(err, ErrNotFound) { // removed, and the delivery with it
		return nil
	}
	if err != nil {
		return fmt.Errorf("deliver %s: %w", d.ID, err)
	}
	body, err := d.body()
	if err != nil {
		return fmt.Errorf("deliver %s: %w", d.ID, err)
	}
	at := s.now()
	var status int
	secrets, sealed := s.signingSecrets(w, at)
	failed := errSealedSecret
	if sealed == nil {
		status, failed = s.opts.Webhooks.Post(ctx, w.URL, string(d.ID), at, body, secrets)
	}
	if failed != nil && ctx.Err() != nil { // the server stops: the lease ends by itself, and the try does not count
		return nil
	}
	var jitter [2]byte
	if _, err := io.ReadFull(s.rand, jitter[:]); err != nil {
		return fmt.Errorf("random numbers: %w", err)
	}
	d = d.after(s.now(), status, failed, float64(binary.BigEndian.Uint16(jitter[:]))/0xffff)
	if err := errors.Join(sealed, s.st.SettleDelivery(ctx, d)); err != nil {
		return fmt.Errorf("deliver %s: %w", d.ID, err)
	}
	return nil
}

// errSealedSecret is what the owner of an endpoint reads in the log of it; the operator's has the reason.
var errSealedSecret = errors.New("the secret of the endpoint cannot be read by this server: make a new one, or tell whoever runs the server")

// after is a delivery after a try.
func (d Delivery) after(at time.Time, status int, failed error, jitter float64) Delivery {
	d.Tries, d.TriedAt, d.Status, d.Problem = d.Tries+1, &at, status, ""
	if failed == nil {
		d.State = DeliverySent
		return d
	}
	d.Problem = failed.Error()
	next := at.Add(retryAfter(d.Tries, jitter))
	const gone = 410 // RFC 9110 15.5.11: by the scheme, an endpoint that wants nothing any more
	switch {
	case status == gone || !at.Before(d.GiveUpAt):
		d.State = DeliveryFailed
	case next.After(d.GiveUpAt): // one last try when the time is up
		d.DueAt = d.GiveUpAt
	default:
		d.DueAt = next
	}
	return d
}

// SweepDeliveries drops kept replies and finished deliveries that are old, and says how many rows went.
func (s *Service) SweepDeliveries(ctx context.Context) (int, error) {
	now := s.now()
	n, err := s.st.SweepDeliveries(ctx, now.Add(-KeepReplies), now.Add(-keepDelivered))
	if err != nil {
		return 0, fmt.Errorf("sweep deliveries: %w", err)
	}
	return n, nil
}
