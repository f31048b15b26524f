package codebook

import (
	"regexp"
	"strings"
)

// CodeRange is a set of ICD-10-CM codes as an instructional note writes it: one code with all below it (E11, "E11.-"), a range
// ("N18.1-N18.6", "I30-I5A"), a range with an ending ("E08-E13 with .22") or with a character in given places ("T36-T50 with fifth or
// sixth character 5").
type CodeRange struct {
	First, Last Code   // inclusive, each with all codes below it; equal for one code
	Suffix      Code   // characters right after the category, "" for any: "22"
	At          string // places counted from 1 where one of Chars must stand, "" for none: "56"
	Chars       string
}

// Contains reports whether the code lies in the range. Letters sort after digits, so that I5A follows I52 and QA0 follows Q99.
func (r CodeRange) Contains(c Code) bool {
	if c < r.First || c[:min(len(c), len(r.Last))] > r.Last {
		return false
	}
	if r.Suffix != "" && (len(c) < 3 || !strings.HasPrefix(string(c[3:]), string(r.Suffix))) {
		return false
	}
	if r.At == "" {
		return true
	}
	if r.At == "56" && r.First[0] == 'T' {
		// The intent of a drug or toxic effect stands sixth, or fifth before a placeholder: T43.651 is a poisoning in spite of its 5.
		p := 5
		if len(c) < 6 || c[5] == 'X' {
			p = 4
		}
		return p < len(c) && strings.IndexByte(r.Chars, c[p]) >= 0
	}
	for i := range len(r.At) {
		if p := int(r.At[i] - '1'); p < len(c) && strings.IndexByte(r.Chars, c[p]) >= 0 {
			return true
		}
	}
	return false
}

// String is the range as a note prints it.
func (r CodeRange) String() string {
	s := r.First.Dotted(ICD10CM)
	if r.Last != r.First {
		s += "-" + r.Last.Dotted(ICD10CM)
	}
	if r.Suffix != "" {
		s += " with ." + string(r.Suffix)
	}
	if r.At != "" {
		var names []string
		for i := range len(r.At) {
			names = append(names, ordinals[r.At[i]-'0'])
		}
		s += " with " + strings.Join(names, " or ") + " character " + strings.Join(strings.Split(r.Chars, ""), " or ")
	}
	return s
}

var ordinals = [...]string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh"}

// A code in a note begins with a letter and a digit, or a letter, A and a digit (QA0); "NOS", "HIV" and "H1N1" have no such form.
const noteCode = `[A-Z](?:[0-9][0-9A-Z]|A[0-9])(?:\.[0-9A-Z]{1,4})?`

var (
	parenPattern = regexp.MustCompile(`[(\[][^()\[\]]*[)\]]`)
	rangePattern = regexp.MustCompile(`\b(` + noteCode + `)\b(\.?-*)(?:\s*(?:-|–|to)?\s*\b(` + noteCode + `)\b\.?-*)?`)
	withSuffix   = regexp.MustCompile(`^[,\s]*with (?:final characters? )?\.([0-9A-Z]{1,4})`)
	withPlace    = regexp.MustCompile(`^[,\s]*with ((?:(?:fourth|fifth|sixth|seventh|final|[4-7]th)(?:,?\s+(?:or|and)\s+|,\s*|\s+))+)characters?\s+([0-9A-Z](?:(?:,?\s+or\s+|,\s*|-)[0-9A-Z]\b)*)`)
	oneChar      = regexp.MustCompile(`[0-9A-Z](?:-[0-9A-Z])?`)
)

// References are the codes and ranges that the text of a note names in parentheses or brackets, in order.
func References(text string) []CodeRange {
	var out []CodeRange
	for _, par := range parenPattern.FindAllString(text, -1) {
		out = append(out, referencesIn(par)...)
	}
	return out
}

func referencesIn(s string) []CodeRange {
	var out []CodeRange
	for _, m := range rangePattern.FindAllStringSubmatchIndex(s, -1) {
		first := undot(s[m[2]:m[3]])
		r := CodeRange{First: first, Last: first}
		rest := s[m[1]:]
		if m[6] >= 0 {
			last := undot(s[m[6]:m[7]])
			// Two codes are a range only when a dash or "to" joins them and they stand in order; "E08.22 E09.22" are two codes.
			if joined := s[m[3]:m[6]]; strings.ContainsAny(joined, "-–") || strings.Contains(joined, "to") {
				if last >= first {
					r.Last = last
				} else {
					out = append(out, r)
					r = CodeRange{First: last, Last: last}
				}
			} else {
				out = append(out, r)
				r = CodeRange{First: last, Last: last}
			}
		}
		if w := withSuffix.FindStringSubmatch(rest); w != nil {
			r.Suffix = Code(w[1])
		} else if w := withPlace.FindStringSubmatch(rest); w != nil {
			r.At, r.Chars = places(w[1]), expandChars(w[2])
		}
		out = append(out, r)
	}
	return out
}

func undot(s string) Code { return Code(strings.Replace(s, ".", "", 1)) }

// places turns "fifth or sixth" into "56". The drug and toxic-effect ranges speak of the "final" character of codes whose intent
// stands fifth or sixth.
func places(s string) string {
	at := ""
	for i, name := range ordinals {
		if i > 0 && (strings.Contains(s, name) || strings.Contains(s, string(rune('0'+i))+"th")) {
			at += string(rune('0' + i))
		}
	}
	if strings.Contains(s, "final") && at == "" {
		at = "56"
	}
	return at
}

func expandChars(s string) string {
	out := ""
	s = strings.ReplaceAll(s, "or", " ")
	for _, p := range oneChar.FindAllString(s, -1) {
		if len(p) == 3 {
			for ch := p[0]; ch <= p[2]; ch++ {
				if isDigit(ch) || isLetter(ch) {
					out += string(rune(ch))
				}
			}
			continue
		}
		out += p
	}
	return out
}

func anyContains(rs []CodeRange, c Code) bool {
	if c == "" {
		return false
	}
	for i := range rs {
		// A chart has codes of many chapters and a note names few: most end at their first letter.
		if r := &rs[i]; r.First != "" && r.Last != "" && r.First[0] <= c[0] && c[0] <= r.Last[0] && r.Contains(c) {
			return true
		}
	}
	return false
}
