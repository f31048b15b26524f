package progress

import (
	"time"
)

// Role is what someone may do in an organisation.
type Role string

// The roles. A learner sees what is theirs; an instructor sees the learners of the organisation; an employer sees candidates, of whom
// there are none yet, and else what is theirs; an admin manages people.
const (
	RoleLearner    Role = "learner"
	RoleInstructor Role = "instructor"
	RoleEmployer   Role = "employer"
	RoleAdmin      Role = "admin"
)

// Roles are all roles, the least first.
var Roles = []Role{RoleLearner, RoleInstructor, RoleEmployer, RoleAdmin}

func (r Role) valid() bool {
	for _, known := range Roles {
		if r == known {
			return true
		}
	}
	return false
}

// Actor is who asks. Every use case takes one and decides by it what may be seen and done.
type Actor struct {
	Org     OrgID
	Learner LearnerID
	Role    Role
}

// Operator is the actor of the command line on the server's own machine: an admin who is no learner.
func Operator(org OrgID) Actor { return Actor{Org: org, Role: RoleAdmin} }

// Zero reports whether there is no actor: nobody has signed in and no guest has started.
func (a Actor) Zero() bool { return a == Actor{} }

// org is the actor's organisation, the default one for nobody.
func (a Actor) org() OrgID {
	if a.Org == "" {
		return DefaultOrg
	}
	return a.Org
}

// teaches reports whether the actor may see the records of the organisation's learners.
func (a Actor) teaches() bool { return a.Role == RoleInstructor || a.Role == RoleAdmin }

// maySee reports whether the actor may read the record of a learner of the actor's own organisation.
func (a Actor) maySee(l LearnerID) bool { return l != "" && a.Learner == l || a.teaches() }

// Learner is a person with a record: a guest, a learner with an account, or staff.
type Learner struct {
	ID        LearnerID  `json:"id"`
	Org       OrgID      `json:"org"`
	Role      Role       `json:"role"`
	Name      string     `json:"name"`
	Email     string     `json:"email"` // case-folded; "" for a guest
	Guest     bool       `json:"guest"`
	Zone      string     `json:"zone"` // IANA name, "UTC" when not known
	CreatedAt time.Time  `json:"created_at"`
	ErasedAt  *time.Time `json:"erased_at,omitempty"`
}

// Actor is the learner as the one who asks.
func (l Learner) Actor() Actor { return Actor{Org: l.Org, Learner: l.ID, Role: l.Role} }

// Location is the learner's time zone, UTC when the name is not known to this machine.
func (l Learner) Location() *time.Location {
	loc, err := time.LoadLocation(l.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Token is the secret of a session: 32 random bytes in base64url. Only its SHA-256 is stored.
type Token string

// Session is a signed-in browser (or a guest's).
type Session struct {
	ID        SessionID
	CSRF      string // goes into every form; compare with SameCSRF
	Learner   Learner
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Actor is the session's learner as the one who asks.
func (s Session) Actor() Actor { return s.Learner.Actor() }

// SignUp is what a sign-up form brings.
type SignUp struct {
	Name, Email, Passphrase string
	Zone                    string // IANA name; "" keeps what is known, else UTC
	IP                      string // address of the client, for the rate limit
}

// SignIn is what a sign-in form brings. Guest is the guest whose record goes over to the account; zero for none.
type SignIn struct {
	Email, Passphrase, IP string
	Guest                 Actor
}

// NewUser is an account made by an admin or on the command line.
type NewUser struct {
	Name, Email, Passphrase string
	Role                    Role   // "" is learner
	Zone                    string // "" is UTC
}

// UserFilter narrows a list of users. Zero values do not narrow.
type UserFilter struct {
	Role       Role
	Text       string // part of name or e-mail, case ignored
	WithGuests bool
	Teacher    LearnerID // only people in a cohort of this member of staff, and those in none; "": all
	Limit      int       // 0 is 100, at most 1000
	After      LearnerID // the last id of the page before
}
