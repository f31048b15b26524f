package progress

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"crosswalk/progress/seal"
)

// The bounds of tokens of the API.
const (
	MaxTokens    = 50  // of one person that are in force
	MaxTokenDays = 730 // that one is good for
	maxTokenName = 80
	touchTokens  = time.Minute // how exact UsedAt is
)

// Rate limits of the API. Requests count by token; those without a good one by client address.
var (
	apiLimit      = Limit{Burst: 120, Every: 500 * time.Millisecond}
	badTokenLimit = Limit{Burst: 30, Every: 10 * time.Second}
)

// NewAPIToken is what a form for a token brings.
type NewAPIToken struct {
	Owner     LearnerID // "" is the actor; only admins make tokens for others
	ClientKey string    // of the form: sent twice, it makes one token, and the secret of the second answer is the one that is good
	Name      string
	Scope     Scope
	Days      int // that it is good for, 1 to MaxTokenDays
}

// TokenSecret is a token with its secret. It is told once, when it is made: what is kept is a hash.
type TokenSecret struct {
	APIToken
	Token Token `json:"token"`
}

// ownerFor is whose a token or an endpoint is to be: the actor's own, or for an admin an employer's or admin's.
func (s *Service) ownerFor(ctx context.Context, a Actor, owner LearnerID) (LearnerID, error) {
	if !a.hires() {
		return "", ErrForbidden
	}
	if owner == "" {
		owner = a.Learner
	}
	if owner == "" {
		return "", &InputError{"owner", "Say whose it is to be."}
	}
	if owner == a.Learner {
		return owner, nil
	}
	if a.Role != RoleAdmin {
		return "", ErrForbidden
	}
	l, err := s.st.Learner(ctx, a.org(), owner)
	if err != nil {
		return "", err
	}
	if l.ErasedAt != nil || !l.Actor().hires() {
		return "", &InputError{"owner", "Only employers and admins have hiring tests."}
	}
	return owner, nil
}

// MakeAPIToken makes a token. Employers and admins, else ErrForbidden; InputErrors of name, scope, days, owner and client_key.
func (s *Service) MakeAPIToken(ctx context.Context, a Actor, in NewAPIToken) (TokenSecret, error) {
	fail := func(err error) (TokenSecret, error) {
		return TokenSecret{}, fmt.Errorf("make token: %w", err)
	}
	owner, err := s.ownerFor(ctx, a, in.Owner)
	if err != nil {
		return fail(err)
	}
	in.Name = cleanName(in.Name)
	have, err := s.st.APITokens(ctx, a.org(), owner)
	if err != nil {
		return fail(err)
	}
	now := s.now()
	if err := checkNewToken(in, have, now); err != nil {
		return TokenSecret{}, err
	}
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	secret, err := s.newSecret()
	if err != nil {
		return fail(err)
	}
	secret = TokenPrefix + secret
	entry, err := s.entry(a, "apitoken.make", string(owner), id)
	if err != nil {
		return fail(err)
	}
	kept, err := s.st.AddAPIToken(ctx, a.org(), APIToken{
		ID: APITokenID(id), Org: a.org(), Owner: owner, ClientKey: in.ClientKey, Name: in.Name, Scope: in.Scope, Hash: secret.hash(), CreatedAt: now, ExpiresAt: now.AddDate(0, 0, in.Days),
	}, entry)
	if err != nil {
		return fail(err)
	}
	return TokenSecret{kept, secret}, nil
}

func checkNewToken(in NewAPIToken, have []APIToken, now time.Time) error {
	var problems InputErrors
	if e := checkKey(in.ClientKey); e != nil {
		problems = append(problems, e)
	}
	switch n := len([]rune(in.Name)); {
	case n == 0:
		problems = append(problems, &InputError{"name", "Name the program that will use it, so that you know later which one to revoke."})
	case n > maxTokenName:
		problems = append(problems, &InputError{"name", fmt.Sprintf("The name can have %d characters at most.", maxTokenName)})
	}
	if in.Scope != ScopeRead && in.Scope != ScopeWrite {
		problems = append(problems, &InputError{"scope", "Choose whether it only reads, or also invites and erases candidates."})
	}
	if in.Days < 1 || in.Days > MaxTokenDays {
		problems = append(problems, &InputError{"days", fmt.Sprintf("A token is good for 1 to %d days.", MaxTokenDays)})
	}
	live := 0
	for _, t := range have {
		if t.InForce(now) && t.ClientKey != in.ClientKey {
			live++
		}
	}
	if live >= MaxTokens {
		problems = append(problems, &InputError{"name", fmt.Sprintf("There are %d tokens in force, which is the most: revoke some first.", live)})
	}
	return asInput(problems)
}

// APITokens lists the actor's tokens, and for an admin those of the organisation, the newest first. ErrForbidden for those who do not hire.
func (s *Service) APITokens(ctx context.Context, a Actor) ([]APIToken, error) {
	owner, err := hiringOwner(a)
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	ts, err := s.st.APITokens(ctx, a.org(), owner)
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return ts, nil
}

// hiringOwner is whose things for hiring the actor lists: "" is everybody's of the organisation.
func hiringOwner(a Actor) (LearnerID, error) {
	switch {
	case !a.hires() || a.Role != RoleAdmin && a.Learner == "":
		return "", ErrForbidden
	case a.Role == RoleAdmin:
		return "", nil
	}
	return a.Learner, nil
}

// RevokeAPIToken ends a token; fine again. ErrNotFound also for another's.
func (s *Service) RevokeAPIToken(ctx context.Context, a Actor, id APITokenID) error {
	fail := func(err error) error { return fmt.Errorf("revoke token %s: %w", id, err) }
	if !a.hires() {
		return fail(ErrForbidden)
	}
	t, err := s.st.APIToken(ctx, a.org(), id)
	if err == nil && !a.hiresFor(t.Owner) {
		err = ErrNotFound
	}
	if err != nil {
		return fail(err)
	}
	entry, err := s.entry(a, "apitoken.revoke", string(t.Owner), string(id))
	if err != nil {
		return fail(err)
	}
	if err := s.st.RevokeAPIToken(ctx, a.org(), id, entry); err != nil {
		return fail(err)
	}
	return nil
}

// APICall is who asks through the API.
type APICall struct {
	Actor Actor
	Token APIToken
}

// CallByToken finds who asks by the secret of a token, and counts the request. ErrNoSession: the token is unknown, revoked or expired, or its
// owner does not hire any more; *ErrTooMany: too many requests with it, or too many without a good one from this address.
func (s *Service) CallByToken(ctx context.Context, secret Token, ip string) (APICall, error) {
	bad := func() (APICall, error) {
		if err := s.take(ctx, []string{limitKey("badtoken", "", clientNet(ip))}, []Limit{badTokenLimit}); err != nil {
			return APICall{}, err
		}
		return APICall{}, fmt.Errorf("token: %w", ErrNoSession)
	}
	if !strings.HasPrefix(string(secret), TokenPrefix) || len(secret) > 100 {
		return bad()
	}
	t, l, err := s.st.APITokenByHash(ctx, secret.hash())
	if errors.Is(err, ErrNotFound) {
		return bad()
	}
	if err != nil {
		return APICall{}, fmt.Errorf("token: %w", err)
	}
	now := s.now()
	if !t.InForce(now) || !l.Actor().hires() {
		return bad()
	}
	if err := s.take(ctx, []string{limitKey("api", t.Org, string(t.ID))}, []Limit{apiLimit}); err != nil {
		return APICall{}, err
	}
	if t.UsedAt == nil || now.Sub(*t.UsedAt) >= touchTokens {
		if err := s.st.TouchAPIToken(ctx, t.Org, t.ID, now.Truncate(touchTokens)); err != nil {
			return APICall{}, fmt.Errorf("token: %w", err)
		}
	}
	return APICall{l.Actor(), t}, nil
}

// MayWrite reports whether the token's scope lets it change things.
func (c APICall) MayWrite() bool { return c.Token.Scope == ScopeWrite }

// KeepReplies is for how long replies to requests with an idempotency key are kept.
const KeepReplies = 24 * time.Hour

// ErrKeyReused: the idempotency key was used for another request.
var ErrKeyReused = errors.New("this idempotency key was used for another request: use a new one for each request")

// Once does what a request with an idempotency key asks for and keeps the reply, or gives the reply that was kept: again is true then. What
// is kept is sealed with the token and the key, so that nobody reads the links in it who did not ask. Where an earlier request was cut off
// before its reply was kept, do runs again; it gets a client key by which what it makes is the same. ErrKeyReused; an InputError of
// Idempotency-Key; errors of do, after which the key is free for the same request.
func (s *Service) Once(ctx context.Context, call APICall, secret Token, key string, x AssessmentID, request []byte, do func(clientKey string) (status int, body []byte, err error)) (status int, body []byte, again bool, err error) {
	if len(key) < 8 || len(key) > 200 || strings.TrimFunc(key, func(r rune) bool { return r > ' ' && r < 0x7f }) != "" {
		return 0, nil, false, &InputError{"Idempotency-Key", "An idempotency key is 8 to 200 visible characters without spaces, such as a UUID."}
	}
	sum := func(parts ...string) string {
		h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		return hex.EncodeToString(h[:])
	}
	now := s.now()
	r := APIReply{Token: call.Token.ID, KeyHash: sum("key", string(call.Token.ID), key), RequestHash: sum("request", string(x), string(request)), Assessment: x, At: now}
	kept, err := s.st.BeginReply(ctx, call.Actor.org(), r)
	switch {
	case err != nil:
		return 0, nil, false, fmt.Errorf("idempotency key: %w", err)
	case kept.RequestHash != r.RequestHash:
		return 0, nil, false, ErrKeyReused
	case kept.Status != 0:
		if body, err := openReply(secret, key, kept.Body); err == nil {
			return kept.Status, body, true, nil
		}
	}
	if status, body, err = do("api:" + r.KeyHash); err != nil {
		return 0, nil, false, err
	}
	r.Status = status
	if r.Body, err = s.sealReply(secret, key, body); err == nil {
		err = s.st.FinishReply(ctx, call.Actor.org(), r)
	}
	if err != nil {
		return 0, nil, false, fmt.Errorf("keep reply: %w", err)
	}
	return status, body, false, nil
}

// replyKey is a key that only who has the token and the idempotency key can make.
func replyKey(secret Token, key string) []byte {
	k := sha256.Sum256([]byte("crosswalk reply\x00" + string(secret) + "\x00" + key))
	return k[:]
}

func (s *Service) sealReply(secret Token, key string, body []byte) (string, error) {
	sealed, err := s.sealWith(replyKey(secret, key), body, "")
	return base64.StdEncoding.EncodeToString(sealed), err
}

func openReply(secret Token, key, sealed string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, fmt.Errorf("a reply that is kept: %w", err)
	}
	return seal.Open(replyKey(secret, key), b, "")
}
