package codebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// RVU is a number of relative value units, in hundredths.
type RVU int

func (r RVU) String() string { return fmt.Sprintf("%d.%02d", r/100, r%100) }

// Fee is what the physician fee schedule and OPPS addendum B say of a code with a modifier.
type Fee struct {
	Edition    string // of the fee schedule, "2025-10"; "" when it does not list the code
	Status     string // fee schedule status letter: "A" active, "B" bundled, ...
	Work       RVU
	PE, FacPE  RVU    // practice expense outside of a facility and in one
	MP         RVU    // malpractice
	NA, FacNA  bool   // the service is rarely or never done outside of a facility, or in one; the figures are then those of the other
	GlobalDays string // "000", "010", "090", "XXX", "ZZZ", "YYY", "MMM"
	Components string // PC/TC indicator
	Conversion string // dollars for one unit, "32.3465"
	OPPS       string // status indicator of OPPS addendum B, of the code as a whole
	APC        string // "5311"; "" for none
	Rate       int64  // national payment of the APC before wage adjustment, in cents; 0 when addendum B gives none
	RateName   string // edition of addendum B, "2025"; "" when the code is not listed there
}

// Total is the sum of all units of a service outside of a facility, FacTotal of one in a facility.
func (f Fee) Total() RVU    { return f.Work + f.PE + f.MP }
func (f Fee) FacTotal() RVU { return f.Work + f.FacPE + f.MP }

// feeRow is a row of the fee schedule. The key is the code in base 36 above the two characters of the modifier, 0 for none.
type feeRow struct {
	key                   uint64
	work, pe, facPE, mp   uint32
	status, components    byte
	global                byte // index into globalDays
	outOfPlace, inFacNone bool
}

var globalDays = []string{"", "000", "010", "090", "XXX", "YYY", "ZZZ", "MMM"}

func feeKey(c Code, modifier string) (uint64, bool) {
	if len(c) != 5 || !allAlnum(string(c)) || len(modifier) != 0 && (len(modifier) != 2 || !allAlnum(modifier)) {
		return 0, false
	}
	k := base36(c) << 16
	if modifier != "" {
		k |= uint64(modifier[0])<<8 | uint64(modifier[1])
	}
	return k, true
}

// Fees are the facts of a code with a modifier, of the newest edition imported: "26" the professional component, "TC" the technical one,
// "53" a colonoscopy that was discontinued, "" the code as a whole. False when the book has none for just this modifier: other modifiers
// have no figures of their own.
func (b *Book) Fees(code Code, modifier string) (Fee, bool) {
	k, ok := feeKey(code, modifier)
	if !ok {
		return Fee{}, false
	}
	t := &b.claims
	var f Fee
	i, found := slices.BinarySearchFunc(t.fees, k, func(r feeRow, k uint64) int { return cmp.Compare(r.key, k) })
	if found {
		r := &t.fees[i]
		f = Fee{
			Edition: t.feesName, Status: string(rune(r.status)), Work: RVU(r.work), PE: RVU(r.pe), FacPE: RVU(r.facPE), MP: RVU(r.mp),
			NA: r.outOfPlace, FacNA: r.inFacNone, GlobalDays: globalDays[r.global], Components: string(rune(r.components)), Conversion: t.conversion,
		}
	}
	if !found && modifier != "" {
		return Fee{}, false
	}
	j, listed := slices.BinarySearchFunc(t.opps, k>>16, func(e, c uint64) int { return cmp.Compare(e>>oppsCodeAt, c) })
	if listed {
		e := t.opps[j]
		f.OPPS = strings.TrimSpace(string([]byte{byte(e >> 8), byte(e)}))
		if apc := e >> 16 & (1<<14 - 1); apc > 0 {
			f.APC = fmt.Sprintf("%04d", apc)
			if i, ok := slices.BinarySearchFunc(t.rates, apc, func(r, apc uint64) int { return cmp.Compare(r>>rateAPCAt, apc) }); ok {
				f.Rate = int64(t.rates[i] & (1<<rateAPCAt - 1))
			}
		}
		f.RateName = t.oppsName
	}
	return f, found || listed
}

// The bits of a row of addendum B, from the top: code 26, APC 14, the two characters of the status indicator.
const oppsCodeAt = 30

// rateAPCAt is the bit above which a rate has the number of its APC; below are cents.
const rateAPCAt = 48

// FeeEdition names the edition of the fee schedule, such as "2025-10", and its conversion factor in dollars.
func (b *Builder) FeeEdition(name, conversion string) {
	b.claims.feesName, b.claims.conversion = name, conversion
}

// Fee adds a row of the fee schedule; Edition, Conversion, OPPS and APC of f are ignored.
func (b *Builder) Fee(code Code, modifier string, f Fee) {
	k, ok := feeKey(code, modifier)
	global := slices.Index(globalDays, f.GlobalDays)
	if !ok || len(f.Status) != 1 || len(f.Components) != 1 || global < 0 || min(f.Work, f.PE, f.FacPE, f.MP) < 0 {
		b.fail("fee of %s-%s: status %q, PC/TC indicator %q, global days %q: want one character, one, and the days as the schedule has them", code, modifier, f.Status, f.Components, f.GlobalDays)
		return
	}
	b.claims.fees = append(b.claims.fees, feeRow{
		key: k, work: uint32(f.Work), pe: uint32(f.PE), facPE: uint32(f.FacPE), mp: uint32(f.MP),
		status: f.Status[0], components: f.Components[0], global: byte(global), outOfPlace: f.NA, inFacNone: f.FacNA,
	})
}

// OPPS adds a row of addendum B: a status indicator of one or two characters, and the number of an APC or 0.
func (b *Builder) OPPS(code Code, status string, apc int) {
	k, ok := feeKey(code, "")
	if !ok || status == "" || len(status) > 2 || apc < 0 || apc > 9999 {
		b.fail("addendum B, %s: status indicator %q and APC %d: want one or two characters and at most four digits", code, status, apc)
		return
	}
	s := status + " "
	b.claims.opps = append(b.claims.opps, k>>16<<oppsCodeAt|uint64(apc)<<16|uint64(s[0])<<8|uint64(s[1]))
}

// OPPSEdition names the edition of addendum B, such as "2025".
func (b *Builder) OPPSEdition(name string) { b.claims.oppsName = name }

// OPPSRate adds what OPPS pays for an APC, in cents.
func (b *Builder) OPPSRate(apc int, cents int64) {
	if apc <= 0 || apc > 9999 || cents < 0 || cents >= 1<<rateAPCAt {
		b.fail("addendum B, rate of APC %d: %d cents: want a number of at most four digits and an amount", apc, cents)
		return
	}
	b.claims.rates = append(b.claims.rates, uint64(apc)<<rateAPCAt|uint64(cents))
}
