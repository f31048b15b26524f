package codebook

import (
	"cmp"
	"encoding/binary"
	"hash"
	"slices"
)

// claimTables are lists that edits and prices look single codes up in. They are of their newest edition and apart from the releases of
// code sets. Every list of numbers is sorted, with the code in the upper bits, and searched by halving.
type claimTables struct {
	rationales []string // of NCCI pairs, by number
	mueName    string
	mueReasons []string
	mues       []uint64
	editorName string
	ages       []uint64 // diagnosis, and bits of ageEdits
	severity   severityTable
	feesName   string
	conversion string
	fees       []feeRow
	oppsName   string
	opps       []uint64
	rates      []uint64 // what an APC pays
	places     []Place
}

// buildClaims sorts what was gathered and reports what stands twice.
func (b *Builder) buildClaims() claimTables {
	t := b.claims
	t.ages = joinValues(t.ages)
	t.mues = b.single("a medically unlikely edit", t.mues, func(x, y uint64) int { return cmp.Compare(x>>mueSettingAt, y>>mueSettingAt) })
	t.opps = b.single("a row of addendum B", t.opps, func(x, y uint64) int { return cmp.Compare(x>>oppsCodeAt, y>>oppsCodeAt) })
	t.rates = b.single("the rate of an APC", t.rates, func(x, y uint64) int { return cmp.Compare(x>>rateAPCAt, y>>rateAPCAt) })
	t.fees = slices.Clone(t.fees)
	slices.SortStableFunc(t.fees, func(x, y feeRow) int { return cmp.Compare(x.key, y.key) })
	for i := 1; i < len(t.fees); i++ {
		if t.fees[i].key == t.fees[i-1].key {
			b.fail("a row of the fee schedule stands twice: %s", unbase36(t.fees[i].key>>16))
		}
	}
	t.places = slices.Clone(t.places)
	slices.SortStableFunc(t.places, func(x, y Place) int { return cmp.Compare(x.Code, y.Code) })
	for i := 1; i < len(t.places); i++ {
		if t.places[i].Code == t.places[i-1].Code {
			b.fail("place of service %s stands twice", t.places[i].Code)
		}
	}
	t.severity = b.severity.build(b)
	return t
}

func (b *Builder) single(what string, list []uint64, order func(x, y uint64) int) []uint64 {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	for i := 1; i < len(list); i++ {
		if order(list[i-1], list[i]) == 0 {
			b.fail("%s stands twice with different values", what)
		}
	}
	return list
}

// mergeClaims takes each table from over if it has any of it.
func mergeClaims(base, over *claimTables) claimTables {
	t := *base
	if len(over.rationales) > 0 {
		t.rationales = over.rationales
	}
	if len(over.mues) > 0 {
		t.mueName, t.mueReasons, t.mues = over.mueName, over.mueReasons, over.mues
	}
	if over.editorName != "" || len(over.ages) > 0 {
		t.editorName, t.ages = over.editorName, over.ages
	}
	if len(over.severity.codes) > 0 {
		t.severity = over.severity
	}
	if len(over.fees) > 0 {
		t.feesName, t.conversion, t.fees = over.feesName, over.conversion, over.fees
	}
	if len(over.opps) > 0 {
		t.oppsName, t.opps, t.rates = over.oppsName, over.opps, over.rates
	}
	t.places = slices.Clone(over.places)
	for _, p := range base.places {
		if !slices.ContainsFunc(over.places, func(o Place) bool { return o.Code == p.Code }) {
			t.places = append(t.places, p)
		}
	}
	slices.SortFunc(t.places, func(x, y Place) int { return cmp.Compare(x.Code, y.Code) })
	return t
}

// hash adds all that the tables say to a digest. It is what a book file has of them, so that nothing is forgotten.
func (t *claimTables) hash(h hash.Hash) {
	p := newPacker()
	t.pack(p)
	_, _ = h.Write(p.bytes()) // a hash has no error
}

func packClaims(b *Book, p *packer)     { b.claims.pack(p) }
func unpackClaims(b *Book, u *unpacker) { b.claims.unpack(u) }

func (t *claimTables) pack(p *packer) {
	for _, s := range []string{t.mueName, t.editorName, t.severity.name, t.feesName, t.conversion, t.oppsName} {
		p.string(s)
	}
	packed(p, t.rationales)
	packed(p, t.mueReasons)
	packed(p, t.places)
	for _, list := range [][]uint64{t.mues, t.ages, t.opps, t.rates, t.severity.codes, t.severity.principals, t.severity.runs} {
		p.uint(len(list))
		for _, n := range list {
			p.fix64(n)
		}
	}
	p.uint(len(t.severity.groups))
	for _, g := range t.severity.groups {
		p.data = binary.LittleEndian.AppendUint16(p.data, g)
	}
	p.uint(len(t.severity.from))
	for _, n := range t.severity.from {
		p.fix32(n)
	}
	p.uint(len(t.fees))
	for i := range t.fees {
		r := &t.fees[i]
		p.fix64(r.key)
		for _, n := range []uint32{r.work, r.pe, r.facPE, r.mp} {
			p.fix32(n)
		}
		p.data = append(p.data, r.status, r.components, r.global)
		p.bool(r.outOfPlace)
		p.bool(r.inFacNone)
	}
}

// feeSize is what a feeRow takes in a book file.
const feeSize = 8 + 4*4 + 3 + 2

func (t *claimTables) unpack(u *unpacker) {
	for _, s := range []*string{&t.mueName, &t.editorName, &t.severity.name, &t.feesName, &t.conversion, &t.oppsName} {
		*s = u.string()
	}
	unpacked(u, &t.rationales)
	unpacked(u, &t.mueReasons)
	unpacked(u, &t.places)
	s := &t.severity
	for _, list := range []*[]uint64{&t.mues, &t.ages, &t.opps, &t.rates, &s.codes, &s.principals, &s.runs} {
		if n := u.count(8); n > 0 {
			*list = make([]uint64, n)
		}
		for i := range *list {
			(*list)[i] = u.fix64()
		}
	}
	if n := u.count(2); n > 0 {
		s.groups = make([]uint16, n)
		for i, data := 0, u.take(2*n); i < len(data)/2; i++ {
			s.groups[i] = binary.LittleEndian.Uint16(data[2*i:])
		}
	}
	if n := u.count(4); n > 0 {
		s.from = make([]uint32, n)
	}
	for i := range s.from {
		s.from[i] = u.fix32()
	}
	if n := u.count(feeSize); n > 0 {
		t.fees = make([]feeRow, n)
	}
	for i := range t.fees {
		r := &t.fees[i]
		r.key = u.fix64()
		for _, n := range []*uint32{&r.work, &r.pe, &r.facPE, &r.mp} {
			*n = u.fix32()
		}
		if b := u.take(3); b != nil {
			r.status, r.components, r.global = b[0], b[1], b[2]
		}
		r.outOfPlace, r.inFacNone = u.bool(), u.bool()
	}
	if u.err == nil {
		t.check(u)
	}
}

// check refuses tables whose indexes lead nowhere or whose lists are out of order.
func (t *claimTables) check(u *unpacker) {
	s := &t.severity
	for _, list := range [][]uint64{t.mues, t.ages, t.opps, t.rates, s.codes, s.principals} {
		if !slices.IsSorted(list) {
			u.fail("a table for claims is out of order")
		}
	}
	groups := max(len(s.from), 1) - 1
	switch {
	case len(s.groups) != len(s.codes):
		u.fail("%d CC codes have %d groups", len(s.codes), len(s.groups))
	case slices.ContainsFunc(s.groups, func(g uint16) bool { return g < noGroup && int(g) >= groups }):
		u.fail("a CC code has a group that is not there")
	case groups > 0 && (!slices.IsSorted(s.from) || int(s.from[groups]) != len(s.runs)):
		u.fail("the groups of CC exclusions do not fit together")
	case !slices.IsSortedFunc(t.fees, func(x, y feeRow) int { return cmp.Compare(x.key, y.key) }):
		u.fail("the rows of the fee schedule are out of order")
	case slices.ContainsFunc(t.fees, func(r feeRow) bool { return int(r.global) >= len(globalDays) }):
		u.fail("a row of the fee schedule has no such global days")
	case slices.ContainsFunc(s.codes, func(e uint64) bool { return e&0xff != 1 && e&0xff != 2 }):
		u.fail("a CC code has no such level")
	}
}
