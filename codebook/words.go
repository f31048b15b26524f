package codebook

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// folds are the accented letters that titles of the code sets have: Sézary, Charcôt, Sträussler.
var folds = map[rune]string{
	'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'ä': "a", 'å': "a", 'æ': "ae", 'ç': "c", 'è': "e", 'é': "e", 'ê': "e", 'ë': "e",
	'ì': "i", 'í': "i", 'î': "i", 'ï': "i", 'ñ': "n", 'ò': "o", 'ó': "o", 'ô': "o", 'õ': "o", 'ö': "o", 'ø': "o", 'œ': "oe",
	'ù': "u", 'ú': "u", 'û': "u", 'ü': "u", 'ý': "y", 'ÿ': "y", 'ß': "ss", 'š': "s", 'ž': "z", 'č': "c",
}

// words splits a text into the words that the index holds: lower case, accents folded, a plural as its singular. An apostrophe is
// dropped with the s of a possessive after it, so that Colles' and Crohn's are found as colles and crohn.
func words(text string) []string {
	if plainASCII(text) {
		return plainWords(strings.ToLower(text))
	}
	var out []string
	var w strings.Builder
	end := func() {
		if w.Len() > 0 {
			out = append(out, singular(w.String()))
			w.Reset()
		}
	}
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			w.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			w.WriteByte(byte(r) + 'a' - 'A')
		case r == '\'' || r == '’':
			_, n := utf8.DecodeRuneInString(text[i:])
			if rest := text[i+n:]; (strings.HasPrefix(rest, "s") || strings.HasPrefix(rest, "S")) && (len(rest) == 1 || !isWordByte(rest[1])) {
				end()
			}
		case r > 127 && unicode.IsLetter(r):
			r = unicode.ToLower(r)
			if f, ok := folds[r]; ok {
				w.WriteString(f)
			} else {
				w.WriteRune(r)
			}
		default:
			end()
		}
	}
	end()
	// The s of a possessive stands alone now; it says nothing.
	kept := out[:0]
	for _, s := range out {
		if s != "s" {
			kept = append(kept, s)
		}
	}
	return kept
}

// plainASCII reports whether a text has neither accents nor apostrophes, as nearly all titles.
func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf || text[i] == '\'' {
			return false
		}
	}
	return true
}

// plainWords is words for a lower-case text without accents and apostrophes; the words are parts of the text.
func plainWords(text string) []string {
	out := make([]string, 0, 8)
	from := -1
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isWordByte(text[i]) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			if w := singular(text[from:i]); w != "s" {
				out = append(out, w)
			}
			from = -1
		}
	}
	return out
}

func isWordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= utf8.RuneSelf
}

// singular brings plural and singular to one form. It need not be the right word, only the same for both: diabetes becomes diabete.
func singular(w string) string {
	n := len(w)
	if n < 4 || w[n-1] != 's' {
		return w
	}
	switch {
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"):
		return w[:n-2]
	case strings.HasSuffix(w, "ies") && n > 4:
		return w[:n-3] + "y"
	}
	for _, greek := range []string{"tases", "noses", "roses", "boses", "theses", "lyses"} {
		if strings.HasSuffix(w, greek) {
			return w[:n-2] + "is" // metastases, stenoses, fibroses, thromboses, prostheses, paralyses
		}
	}
	return w[:n-1]
}

// alias is something that people say and what the titles call it.
type alias struct {
	phrase, means string
	says          []string   // words of the phrase
	any           [][]string // one set of words or another
}

// newAlias reads the meaning as one or more phrases separated by "|".
func newAlias(phrase, means string) alias {
	a := alias{phrase: phrase, means: means, says: withoutJoining(words(phrase))}
	for _, m := range strings.Split(means, "|") {
		if ws := withoutJoining(words(m)); len(ws) > 0 {
			a.any = append(a.any, ws)
		}
	}
	return a
}

// withoutJoining takes the words out that queries need not have either, unless there are no others.
func withoutJoining(ws []string) []string {
	if rest := slices.DeleteFunc(slices.Clone(ws), func(w string) bool { return joining[w] }); len(rest) > 0 {
		return rest
	}
	return ws
}

// oneEdit reports whether two different words are one letter apart: one changed, missing, added or swapped with its neighbour.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
