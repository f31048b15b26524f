package progress

import (
	"encoding/binary"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
)

// The ids of things, UUIDv7 texts in lower case. They sort by the moment at which the thing was made.
type (
	OrgID     string
	LearnerID string
	SessionID string
	AttemptID string
	GradingID string
	DrillID   string
	EntryID   string // an entry of the audit log
	PolicyID  string // a policy through all its revisions

	RevisionID string // one revision of a policy

	SittingID string // of an exam
	RuleID    string // who may sit an exam
	CohortID  string
	DisputeID string
)

// DefaultOrg is the organisation that guests belong to, and everyone where there is only one.
const DefaultOrg OrgID = "00000000-0000-7000-8000-000000000001"

// idSource makes UUIDv7 texts (RFC 9562 section 5.7) by a clock that is handed in, so that a back-dated record has back-dated ids. Ids
// made in the same millisecond keep their order through the 12 bits after the time, as the RFC's method 3 has it.
type idSource struct {
	rand io.Reader
	mu   sync.Mutex
	last uint64 // milliseconds<<12 | fraction, of the newest id of a running clock
}

func (s *idSource) next(now time.Time) (string, error) {
	var u uuid.UUID
	if _, err := io.ReadFull(s.rand, u[:]); err != nil {
		return "", err
	}
	ns := now.UnixNano()
	stamp := uint64(ns/1e6)<<12 | uint64(ns%1e6)*4096/1e6
	s.mu.Lock()
	// Only a stamp within the same second is pushed forward: a clock set back by more than that has its reason.
	if stamp <= s.last && s.last-stamp < 1000<<12 {
		stamp = s.last + 1
	}
	s.last = stamp
	s.mu.Unlock()
	binary.BigEndian.PutUint32(u[0:4], uint32(stamp>>28))
	binary.BigEndian.PutUint16(u[4:6], uint16(stamp>>12))
	binary.BigEndian.PutUint16(u[6:8], 0x7000|uint16(stamp&0xfff))
	u[8] = u[8]&0x3f | 0x80
	return u.String(), nil
}
