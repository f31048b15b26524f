package progress

import (
	"crypto/sha256"
	"encoding/binary"
)

// blindSigns are the signs of blind names: no vowels, which would make words, and nothing that looks like something else.
const blindSigns = "23456789BCDFGHJKMNPQRSTVWXZ"

// BlindName is how a candidate is called wherever names are hidden: on pages, in reports, comparisons and files of the test. It follows from
// test and candidate alone, so that it is the same for ever, whoever is invited or erased afterwards, and tells neither name nor number nor
// the order of inviting. Among the MaxCandidates of a test two have the same with a chance of 3 %.
func (c Candidate) BlindName() string {
	sum := sha256.Sum256([]byte(string(c.Assessment) + "\n" + string(c.ID)))
	n, sign := binary.BigEndian.Uint64(sum[:]), [6]byte{}
	for i := range sign {
		sign[i] = blindSigns[n%uint64(len(blindSigns))]
		n /= uint64(len(blindSigns))
	}
	return "Candidate " + string(sign[:3]) + "-" + string(sign[3:])
}

// Hidden reports whether it stays hidden who a candidate of the test is. In blind review that begins with the first result: before, there is
// nothing to judge, and whoever hands out links must know whose they are.
func (v CandidateView) Hidden(t Assessment) bool {
	return t.Spec.Blind && (v.State == CandidateDone || len(v.Sittings) > 1)
}

// Shown is the candidate as the pages of the test show them: under the blind name, without e-mail and number, where it is hidden who it is or
// where they are erased.
func (v CandidateView) Shown(t Assessment) CandidateView {
	if v.ErasedAt != nil || v.Hidden(t) {
		v.Name, v.Email, v.Ref = v.BlindName(), "", ""
	}
	return v
}
