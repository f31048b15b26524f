package grading

import "crosswalk/codebook"

// Book is what grading asks of the codebook; *codebook.Book satisfies it. Every method may answer "not known" (an error that wraps
// codebook.ErrUnknownCode, false, no conflicts), which is what a book without the official release says: a rule whose data are not
// loaded then charges nothing. The date is the day at which codes must be valid; the zero Date means the newest release.
type Book interface {
	// Releases lists what is loaded. A starter release holds a part of its set, so that a code missing from it may still exist.
	Releases() []codebook.Release
	// Lookup gives the title and the facts of a code or header.
	Lookup(sys codebook.System, c codebook.Code, on codebook.Date) (codebook.Entry, error)
	// Brief is Lookup without the notes; ok is false where Lookup gives an error.
	Brief(sys codebook.System, c codebook.Code, on codebook.Date) (e codebook.Entry, ok bool)
	// Chapter is the chapter of the Tabular List in which an ICD-10-CM code stands.
	Chapter(c codebook.Code, on codebook.Date) (codebook.Chapter, bool)
	// Section is the block of the Tabular List in which an ICD-10-CM code stands.
	Section(c codebook.Code, on codebook.Date) (codebook.Section, bool)
	// Severity is what a secondary diagnosis counts for beside a principal one ("MCC", "CC" or ""), and whether that one cancels it.
	Severity(dx, principal codebook.Code, on codebook.Date) (level string, excluded, known bool)
	// Excludes1 lists the pairs among the codes that an Excludes1 note forbids; Conflict.Codes has the two.
	Excludes1(codes []codebook.Code, on codebook.Date) []codebook.Conflict
	// Etiologies are the codes of which one must stand before a manifestation code (Official Guidelines I.A.13).
	Etiologies(manifestation codebook.Code, on codebook.Date) ([]codebook.CodeRange, bool)
	// NCCI looks up the ordered pair in which col2 is denied beside col1; the modifier indicator is 0 (never both), 1 (both with a
	// modifier that says why) or 9 (edit no longer in force).
	NCCI(col1, col2 codebook.Code) (modifier string, ok bool)
	// Fees are what the fee schedule and OPPS addendum B say of a code with a modifier that has a row of its own ("26", "TC", "53", "").
	Fees(c codebook.Code, modifier string) (codebook.Fee, bool)
	// ClaimConflicts are the objections of all edits to a claim, by the kinds of codebook.Conflict.
	ClaimConflicts(c codebook.Claim) []codebook.Conflict
	// Children are the entries right below a header, in code order.
	Children(sys codebook.System, c codebook.Code, on codebook.Date) []codebook.Entry
	// CiteOK judges a citation: checked says that the book can judge it, known that what it names exists.
	CiteOK(cite string) (known, checked bool)
	// PCS takes an ICD-10-PCS code apart; the error says that the code stands in no row of its table.
	PCS(c codebook.Code, on codebook.Date) ([]codebook.PCSChar, error)
	// PCSNext are the values that may follow the first characters of an ICD-10-PCS code; none when the table is not known.
	PCSNext(prefix codebook.Code, on codebook.Date) (axis string, values []codebook.Choice)
	// PCSDefinition is what a value means; "" where there is no definition.
	PCSDefinition(prefix codebook.Code, position int, label string, on codebook.Date) string
	// Modifier gives the title of a modifier.
	Modifier(m string) (codebook.Modifier, bool)
}
