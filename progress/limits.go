package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"
)

// limitKey is opaque: the database holds neither addresses nor e-mails of people who merely tried.
func limitKey(what string, org OrgID, who string) string {
	h := sha256.Sum256([]byte(what + "\x00" + string(org) + "\x00" + who))
	return what + ":" + hex.EncodeToString(h[:16])
}

// clientNet is what counts as one client: an IPv4 address, or the /64 of an IPv6 address, since one household has them all.
func clientNet(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// take counts a try against keys or answers ErrTooMany.
func (s *Service) take(ctx context.Context, keys []string, limits []Limit) error {
	wait, err := s.st.Take(ctx, s.now(), keys, limits)
	if err != nil {
		return fmt.Errorf("rate limit: %w", err)
	}
	if wait > 0 {
		return &ErrTooMany{RetryAfter: max(wait.Round(time.Second), time.Second)}
	}
	return nil
}
