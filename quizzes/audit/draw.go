package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// ErrNoDrill is wrapped when a case gives no drill: its key is not wholly right by itself, or no rule finds a fault to make.
var ErrNoDrill = errors.New("no drill can be made of this case")

// oneIn is how many drills there are to one without a fault.
const oneIn = 8

// Drill is a claim to audit. Fault is nil where the claim is right. Case, Seed and Claim may be shown before the answer; Fault may not.
type Drill struct {
	Case  string         `json:"case"`
	Seed  uint64         `json:"seed"`
	Claim grading.Answer `json:"claim"`
	Fault *Fault         `json:"fault"`
}

// Hash tells two claims apart: the SHA-256 of what is shown, in hex.
func (d Drill) Hash() string {
	b, err := json.Marshal(d.Claim)
	if err != nil {
		return "" // an Answer holds texts and numbers alone, which always have a form
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// rules are the ways to make each kind of fault.
var rules = map[Kind][]func(*bench) []mutation{
	Seventh: {(*bench).seventh}, Encounter: {(*bench).encounter}, Laterality: {(*bench).side, (*bench).sidePx}, Specificity: {(*bench).unspecified},
	First: {(*bench).first}, Order: {(*bench).order}, Missing: {(*bench).missing}, Symptom: {(*bench).symptom}, Uncertain: {(*bench).uncertain},
	Unsupported: {(*bench).unsupported}, POA: {(*bench).poa}, EMHigh: {(*bench).emHigh}, EMLow: {(*bench).emLow}, Unbundled: {(*bench).unbundled},
	NotDone: {(*bench).notDone}, ModifierMissing: {(*bench).withoutModifier}, ModifierWrong: {(*bench).otherModifier}, Units: {(*bench).units},
	Pointer: {(*bench).pointer}, BodyPart: {(*bench).bodyPart}, Approach: {(*bench).approach}, Device: {(*bench).device}, Qualifier: {(*bench).qualifier},
}

func (b *bench) tries(k Kind) (out []mutation) {
	for _, rule := range rules[k] {
		out = append(out, rule(b)...)
	}
	return out
}

// Draw makes the drill of a seed. The same key, book and seed give the same drill. One in eight has no fault; of the others each kind of
// fault that the case can show is as likely as any other. The error wraps ErrNoDrill.
func Draw(k *grading.Key, book *codebook.Book, seed uint64) (Drill, error) {
	b, ok := lay(k, book)
	if !ok {
		return Drill{}, fmt.Errorf("%s: the key, graded against itself, is not clean: crosswalk check says why: %w", k.Case, ErrNoDrill)
	}
	h := fnv.New64a()
	h.Write([]byte(k.Case))
	rng := rand.New(rand.NewPCG(seed, h.Sum64()))
	d := Drill{Case: k.Case, Seed: seed, Claim: b.good}
	sound := rng.IntN(oneIn) == 0
	offered := Offered(k)
	rng.Shuffle(len(offered), func(i, j int) { offered[i], offered[j] = offered[j], offered[i] })
	for _, info := range offered {
		tries := b.tries(info.Kind)
		rng.Shuffle(len(tries), func(i, j int) { tries[i], tries[j] = tries[j], tries[i] })
		for _, m := range tries {
			if n := m.places(b.good); n > 1 {
				m = m.place(b.good, 1+rng.IntN(n))
			}
			if !b.accept(&m) {
				continue
			}
			if !sound {
				d.Claim, d.Fault = m.claim, &m.Fault
			}
			return d, nil
		}
	}
	return Drill{}, fmt.Errorf("%s: %w", k.Case, ErrNoDrill)
}

// All are the faults that a case can show, in the order of Kinds; a line too many stands last on its side. The error wraps ErrNoDrill.
func All(k *grading.Key, book *codebook.Book) ([]Drill, error) {
	b, ok := lay(k, book)
	if !ok {
		return nil, fmt.Errorf("%s: the key, graded against itself, is not clean: %w", k.Case, ErrNoDrill)
	}
	var out []Drill
	for _, info := range Offered(k) {
		for _, m := range b.tries(info.Kind) {
			if b.accept(&m) {
				out = append(out, Drill{Case: k.Case, Claim: m.claim, Fault: &m.Fault})
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: %w", k.Case, ErrNoDrill)
	}
	return out, nil
}
