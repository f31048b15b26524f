package codebook

import (
	"cmp"
	"slices"
)

// The bits of a medically unlikely edit, from the top: code 26, setting 2, units 20, adjudication indicator 4, rationale 8.
const (
	mueSettingAt = 32
	mueCodeAt    = mueSettingAt + 2
	mueUnits     = 1<<20 - 1
)

// mueSettings are the settings that have medically unlikely edits, by their number in a packed edit.
var mueSettings = []Setting{Practitioner, Outpatient, Supplier}

func mueKey(c Code, s Setting) (uint64, bool) {
	n := slices.Index(mueSettings, s)
	if n < 0 || len(c) != 5 || !allAlnum(string(c)) {
		return 0, false
	}
	return base36(c)<<mueCodeAt | uint64(n)<<mueSettingAt, true
}

// MUE is the medically unlikely edit of a CPT or HCPCS code in a setting, of the newest edition. False when the book has none; inpatient
// claims have none at all.
func (b *Book) MUE(code Code, setting Setting) (MUE, bool) {
	k, ok := mueKey(code, setting)
	if !ok {
		return MUE{}, false
	}
	t := &b.claims
	i, _ := slices.BinarySearchFunc(t.mues, k, func(e, k uint64) int { return cmp.Compare(e>>mueSettingAt, k>>mueSettingAt) })
	if i == len(t.mues) || t.mues[i]>>mueSettingAt != k>>mueSettingAt {
		return MUE{}, false
	}
	e := t.mues[i]
	m := MUE{Units: int(e >> 12 & mueUnits), Indicator: digit(byte(e >> 8 & 0xf))}
	if why := int(e & 0xff); why < len(t.mueReasons) {
		m.Rationale = t.mueReasons[why]
	}
	return m, true
}

func digit(n byte) string { return string(rune('0' + n)) }

// MUEEdition names the release that the medically unlikely edits come from, such as "2024Q3".
func (b *Builder) MUEEdition(name string) { b.claims.mueName = name }

// MUE adds a medically unlikely edit.
func (b *Builder) MUE(code Code, setting Setting, m MUE) {
	k, ok := mueKey(code, setting)
	if !ok || m.Units < 0 || m.Units > mueUnits || m.Indicator < "1" || m.Indicator > "3" {
		b.fail("MUE %s of %q: %d units, indicator %q: want a code of five characters, a setting that has such edits, and 1, 2 or 3", code, setting, m.Units, m.Indicator)
		return
	}
	t := &b.claims
	if len(t.mueReasons) == 0 {
		t.mueReasons = []string{""}
	}
	why := slices.Index(t.mueReasons, m.Rationale)
	if why < 0 && len(t.mueReasons) < 256 {
		why = len(t.mueReasons)
		t.mueReasons = append(t.mueReasons, m.Rationale)
	}
	t.mues = append(t.mues, k|uint64(m.Units)<<12|uint64(m.Indicator[0]-'0')<<8|uint64(max(why, 0)))
}
