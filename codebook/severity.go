package codebook

import (
	"cmp"
	"maps"
	"slices"
)

// severityTable is the CC/MCC list of an MS-DRG version (Definitions Manual, appendix C). The principal diagnoses that cancel a CC form
// groups, mostly of whole categories: a group is kept as runs in the sorted list of all diagnoses that any group has, which takes a
// twentieth of the room of the codes themselves.
type severityTable struct {
	name       string
	codes      []uint64 // sorted; the low byte is 1 for a CC, 2 for an MCC
	groups     []uint16 // beside codes: unknownGroup, noGroup, or an index into from
	principals []uint64 // sorted
	from       []uint32 // where the runs of a group begin, and one more
	runs       []uint64 // first and last index into principals, 32 bits each
}

const (
	unknownGroup = 1<<16 - 1 // the list does not say which principal diagnoses cancel it
	noGroup      = 1<<16 - 2 // none does
)

// Severity is what a secondary diagnosis counts for beside a principal diagnosis in the grouping to MS-DRGs: "MCC", "CC" or "", and
// whether the principal diagnosis cancels it (CC exclusion). known is false when the book cannot tell: it has no CC list or no exclusions
// for the code, or no such code on the date; level is then what is known of it. The list is of the newest version imported; a code that is
// younger than the list counts as no CC.
func (b *Book) Severity(dx, principal Code, on Date) (level string, excluded, known bool) {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return "", false, false
	}
	at := r.find(dx)
	if at < 0 {
		return "", false, false
	}
	t := &b.claims.severity
	if len(t.codes) == 0 {
		return r.facts[r.rows[at].facts].Severity, false, false
	}
	i := placeOf(t.codes, dx)
	if i < 0 {
		return "", false, true
	}
	level = [4]string{1: "CC", 2: "MCC"}[t.codes[i]&3]
	switch g := t.groups[i]; g {
	case unknownGroup:
		return level, false, false
	case noGroup:
		return level, false, true
	default:
		return level, t.cancels(g, principal), true
	}
}

func (t *severityTable) cancels(group uint16, principal Code) bool {
	p := placeOf(t.principals, principal)
	if p < 0 {
		return false
	}
	runs := t.runs[t.from[group]:t.from[group+1]]
	i, _ := slices.BinarySearchFunc(runs, p, func(run uint64, p int) int { return cmp.Compare(int(run&(1<<32-1)), p) })
	return i < len(runs) && int(runs[i]>>32) <= p
}

// newSeverity gathers the CC list and its exclusions.
type newSeverity struct {
	name    string
	level   map[Code]byte
	group   map[Code]string
	members map[string][]uint64
}

// SeverityEdition names the MS-DRG version that the CC list comes from, such as "v41.1".
func (b *Builder) SeverityEdition(name string) { b.severity.name = name }

// NoExclusion is the group of a CC that no principal diagnosis cancels.
const NoExclusion = "none"

// Severity adds a CC or MCC and the name of the group of principal diagnoses that cancel it: "" when it is not known, NoExclusion when
// none does.
func (b *Builder) Severity(dx Code, level, group string) {
	n := slices.Index([]string{"", "CC", "MCC"}, level)
	if n < 1 || !diagnosisForm(dx) {
		b.fail("severity %q of %s: want a diagnosis code and CC or MCC", level, dx)
		return
	}
	s := &b.severity
	if s.level == nil {
		s.level, s.group = map[Code]byte{}, map[Code]string{}
	}
	s.level[dx], s.group[dx] = byte(n), group
}

// Exclusion adds a principal diagnosis to a group.
func (b *Builder) Exclusion(group string, principal Code) {
	if group == "" || group == NoExclusion || !diagnosisForm(principal) {
		b.fail("CC exclusion of %s in the group %q: want the name of a group and a diagnosis code", principal, group)
		return
	}
	s := &b.severity
	if s.members == nil {
		s.members = map[string][]uint64{}
	}
	s.members[group] = append(s.members[group], pack(principal))
}

// build makes the table. A group of the list that has no members is unknown.
func (s *newSeverity) build(b *Builder) severityTable {
	t := severityTable{name: s.name}
	if len(s.level) == 0 {
		return t
	}
	used := map[string]bool{}
	for _, g := range s.group {
		used[g] = true
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(s.members)), func(g string) bool { return !used[g] })
	if len(names) >= noGroup {
		b.fail("%d groups of CC exclusions are more than the book can hold", len(names))
		return t
	}
	number := map[string]uint16{}
	for i, g := range names {
		number[g] = uint16(i)
		t.principals = append(t.principals, s.members[g]...)
	}
	slices.Sort(t.principals)
	t.principals = slices.Clip(slices.Compact(t.principals))
	for _, g := range names {
		t.from = append(t.from, uint32(len(t.runs)))
		members := slices.Sorted(slices.Values(s.members[g]))
		for _, m := range slices.Compact(members) {
			p, _ := slices.BinarySearch(t.principals, m)
			if n := len(t.runs); n > int(t.from[len(t.from)-1]) && t.runs[n-1]&(1<<32-1) == uint64(p-1) {
				t.runs[n-1]++
				continue
			}
			t.runs = append(t.runs, uint64(p)<<32|uint64(p))
		}
	}
	t.from = append(t.from, uint32(len(t.runs)))
	for _, c := range slices.Sorted(maps.Keys(s.level)) {
		t.codes = append(t.codes, pack(c)|uint64(s.level[c]))
		g := uint16(unknownGroup)
		if s.group[c] == NoExclusion {
			g = noGroup
		} else if n, ok := number[s.group[c]]; ok {
			g = n
		}
		t.groups = append(t.groups, g)
	}
	return t
}
