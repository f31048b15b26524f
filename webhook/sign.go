package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// SecretPrefix begins every secret; what follows is base64 with padding.
const SecretPrefix = "whsec_"

// The bytes of a secret, as the scheme bounds them.
const (
	secretBytes           = 32
	leastSecret, mostSecr = 24, 64
)

// Tolerance is how far the clock of a message may be from that of its reader.
const Tolerance = 5 * time.Minute

// What Verify says of a message that is not to be believed.
var (
	ErrSignature = errors.New("no signature fits: the message was changed, or signed with another secret")
	ErrTime      = errors.New("the message is too old, or from the future")
)

// NewSecret makes a secret of 32 random bytes: "whsec_" and their base64.
func NewSecret(random io.Reader) (string, error) {
	var b [secretBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("random numbers: %w", err)
	}
	return SecretPrefix + base64.StdEncoding.EncodeToString(b[:]), nil
}

// key is what a secret signs with.
func key(secret string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, SecretPrefix))
	if err != nil || len(b) < leastSecret || len(b) > mostSecr {
		return nil, fmt.Errorf("a secret is %s and the base64 of %d to %d bytes", SecretPrefix, leastSecret, mostSecr)
	}
	return b, nil
}

// Sign gives the value of the header webhook-signature: for each secret "v1," and the base64 of the HMAC-SHA256 of id, Unix seconds and
// body with points between, separated by spaces. An id with a point is refused, since it would make what is signed ambiguous.
func Sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	if id == "" || strings.ContainsAny(id, ". \r\n") {
		return "", fmt.Errorf("the id of a message has neither points nor spaces: %q", id)
	}
	if len(secrets) == 0 {
		return "", errors.New("no secret to sign with")
	}
	var out []string
	for _, s := range secrets {
		k, err := key(s)
		if err != nil {
			return "", err
		}
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(mac(k, id, strconv.FormatInt(at.Unix(), 10), body)))
	}
	return strings.Join(out, " "), nil
}

func mac(key []byte, id, seconds string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	io.WriteString(h, id+"."+seconds+".")
	h.Write(body)
	return h.Sum(nil)
}

// Verify is what a receiver does: it answers nil when one of the signatures of the header is that of the secret, and the message is not
// older or newer than Tolerance. Else ErrSignature or ErrTime.
func Verify(secret, id, timestamp, signature string, body []byte, now time.Time) error {
	k, err := key(secret)
	if err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrTime
	}
	if d := now.Sub(time.Unix(seconds, 0)); d > Tolerance || d < -Tolerance {
		return ErrTime
	}
	want := mac(k, id, timestamp, body)
	for _, one := range strings.Fields(signature) {
		text, ok := strings.CutPrefix(one, "v1,")
		got, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return ErrSignature
}
