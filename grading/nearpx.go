package grading

import (
	"crosswalk/codebook"
)

// nearProcedure is the table for procedures. For CPT and HCPCS Level II the percentage is of the whole line, and a full one leaves the
// components to be judged; for ICD-10-PCS the code is the line.
func (g *grader) nearProcedure(k *Procedure, e codebook.Ref) nearness {
	if k.fullCredit(e.Code) {
		n := nearness{percent: 100, how: accepted, at: -1}
		if e.Code == k.Code {
			n.how = exact
		}
		return n
	}
	if pc, ok := k.NearMiss[e.Code]; ok {
		at := common(e.Code, k.Code)
		return nearness{min(max(pc, 0), 100), listed, nearPxFinding(e, k), at}
	}
	if g.trap(e.Code) != nil {
		return nearness{how: trapped, at: -1}
	}
	if e.System != k.System {
		return nearness{how: far, at: -1}
	}
	if k.System == codebook.ICD10PCS {
		return g.nearPCS(k.Code, e)
	}
	if prefix(string(e.Code), 2) != "99" { // no E/M code
		return nearness{how: far, at: -1}
	}
	if steps, ok := emSteps(e.Code, k.Code); ok && (steps == 1 || steps == -1) {
		return nearness{25, levelAway, emFinding(steps), -1}
	}
	return nearness{how: far, at: -1}
}

// nearPCS compares two ICD-10-PCS codes: nothing unless characters 1 to 3 agree and the code exists; else 40 and 15 for each of
// characters 4 to 7 that is right, at most 70.
func (g *grader) nearPCS(key codebook.Code, e codebook.Ref) nearness {
	if len(e.Code) != 7 || len(key) != 7 {
		return nearness{how: far, at: -1}
	}
	at, _ := differences(e.Code, key)
	if at < 3 {
		return nearness{how: far, finding: PXROOT, at: at}
	}
	if g.ref.look(e).valid == invalid {
		return nearness{how: notACode, finding: pcsFinding(at), at: at}
	}
	n := 40
	for i := 3; i < 7; i++ {
		if e.Code[i] == key[i] {
			n += 15
		}
	}
	return nearness{min(n, 70), someChars, pcsFinding(at), at}
}

// pcsFinding names the character at an index.
func pcsFinding(at int) Finding {
	switch at {
	case 3:
		return PXBP
	case 4:
		return PXAPP
	case 5:
		return PXDEV
	case 6:
		return PXQUAL
	}
	return PXROOT
}

// nearPxFinding names the difference between a wrong procedure code and the key's.
func nearPxFinding(e codebook.Ref, k *Procedure) Finding {
	if k.System == codebook.ICD10PCS {
		if e.System != codebook.ICD10PCS {
			return PXROOT
		}
		at, _ := differences(e.Code, k.Code)
		return pcsFinding(at)
	}
	if steps, ok := emSteps(e.Code, k.Code); ok {
		return emFinding(steps)
	}
	_, _, entered := emPlace(e.Code)
	_, _, key := emPlace(k.Code)
	if entered && key {
		return EMCAT
	}
	return CPTCODE
}
