package progress

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// secretPrefix begins the secret of an endpoint, as the Standard Webhooks scheme writes it; base64 follows.
const secretPrefix = "whsec_"

// newWebhookSecret makes a secret, to be told once, and what is kept of it.
func (s *Service) newWebhookSecret(w Webhook) (secret, kept string, err error) {
	var b [32]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return "", "", fmt.Errorf("random numbers: %w", err)
	}
	secret = secretPrefix + base64.StdEncoding.EncodeToString(b[:])
	kept, err = s.sealSecret(w, secret)
	return secret, kept, err
}

// Stamp names the secret that an endpoint has, without saying anything of it.
func (w Webhook) Stamp() string { return stampOf(w.Secret) }

func stampOf(kept string) string {
	sum := sha256.Sum256([]byte(kept))
	return hex.EncodeToString(sum[:8])
}

// secretLabel binds a sealed secret to its endpoint. The one before it has the same, so that it can become that as it is.
func secretLabel(w Webhook) string {
	return "crosswalk webhook secret " + string(w.Org) + " " + string(w.ID)
}

// openly reports whether a secret is kept as it is: those from before secrets were sealed are, until SealWebhooks has been there.
func openly(kept string) bool { return strings.HasPrefix(kept, secretPrefix) }

func (s *Service) sealSecret(w Webhook, secret string) (string, error) {
	sealed, err := s.seal([]byte(secret), secretLabel(w))
	return base64.StdEncoding.EncodeToString(sealed), err
}

// openSecret gives a secret of an endpoint. ErrCannotSeal.
func (s *Service) openSecret(w Webhook, kept string) (string, error) {
	if openly(kept) {
		return kept, nil
	}
	sealed, err := base64.StdEncoding.DecodeString(kept)
	if err != nil {
		return "", fmt.Errorf("secret of webhook %s: %w", w.ID, err)
	}
	secret, err := s.unseal(sealed, secretLabel(w))
	if err != nil {
		return "", fmt.Errorf("secret of webhook %s: %w; put the right key file back, or make a new secret with crosswalk webhook rotate", w.ID, err)
	}
	return string(secret), nil
}

// signingSecrets are those that sign messages to an endpoint at a moment, the newest first. One from before that cannot be opened any more is
// left out: the newer is there to take its place. ErrCannotSeal.
func (s *Service) signingSecrets(w Webhook, now time.Time) ([]string, error) {
	secret, err := s.openSecret(w, w.Secret)
	if err != nil {
		return nil, err
	}
	out := []string{secret}
	if w.OldSecret != "" && w.OldUntil != nil && now.Before(*w.OldUntil) {
		if old, err := s.openSecret(w, w.OldSecret); err == nil {
			out = append(out, old)
		}
	}
	return out, nil
}

// SealWebhooks seals secrets of endpoints that are kept as they are, which databases from before secrets were sealed have, and says how many
// endpoints it changed. ErrCannotSeal, and then they stay as they are and go on to sign.
func (s *Service) SealWebhooks(ctx context.Context) (int, error) {
	n, err := s.st.ReplaceWebhookSecrets(ctx, secretPrefix, func(w Webhook) (Webhook, error) {
		for _, kept := range []*string{&w.Secret, &w.OldSecret} {
			if !openly(*kept) {
				continue
			}
			sealed, err := s.sealSecret(w, *kept)
			if err != nil {
				return w, err
			}
			*kept = sealed
		}
		return w, nil
	})
	if err != nil {
		return 0, fmt.Errorf("seal secrets of webhooks: %w", err)
	}
	return n, nil
}
