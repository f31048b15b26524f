package progress

import "time"

// APITokenID is the id of a token of the API, a UUIDv7 text.
type APITokenID string

// Scope says what a token may do.
type Scope string

// The scopes. Write contains read.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
)

// TokenPrefix begins every token of the API, so that people and scanners know one when they see it.
const TokenPrefix = "cwk_"

// APIToken lets a program do in its owner's name what the API offers. It can do what the owner can at the time: nothing any more once the
// owner has another role or is erased.
type APIToken struct {
	ID        APITokenID `json:"id"`
	Org       OrgID      `json:"-"`
	Owner     LearnerID  `json:"owner"`
	ClientKey string     `json:"-"`
	Name      string     `json:"name"`
	Scope     Scope      `json:"scope"`
	Hash      string     `json:"-"` // hex SHA-256 of the token
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	UsedAt    *time.Time `json:"used_at,omitempty"` // to the minute
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// InForce reports whether the token opens the API at a moment.
func (t APIToken) InForce(now time.Time) bool { return t.RevokedAt == nil && now.Before(t.ExpiresAt) }

// APIReply is a reply to a request that carried an idempotency key.
type APIReply struct {
	Token       APITokenID
	KeyHash     string
	RequestHash string
	Assessment  AssessmentID // whose candidates it names
	Status      int          // 0 until the reply is made
	Body        string       // sealed, see package seal
	At          time.Time
}
