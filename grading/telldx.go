package grading

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// tellDiagnosis is the sentence that teaches: how far the entered code came, where it left the way to the key's, and the words of the
// note that decide.
func (g *grader) tellDiagnosis(d *Diagnosis, key, entered codebook.Ref, n nearness) string {
	switch {
	case n.how == exact:
		return "Right: " + g.ref.named(key) + "."
	case n.how == accepted:
		return "Right: " + g.ref.subject(entered) + " is accepted here as well as " + key.Dotted() + "."
	case n.how == notACode || n.finding == DXTRUNC || n.finding == DX7TH && n.percent == 0 && n.how != listed:
		return g.tellIncomplete(d, key, entered, n.finding)
	case n.how == intent:
		return g.tellIntent(d, key, entered)
	case n.finding == DXCOMB:
		return "You coded a part, " + g.brief(entered) + "; " + heard(d.Evidence) + g.brief(key) + ". Where one code states the whole, it stands alone and its parts are not coded."
	case n.finding == DX7TH && len(entered.Code) == 7:
		return g.tellSeventh(d, key, entered)
	case n.finding == DXLAT:
		return g.tellSide(d, key, entered)
	case common(key.Code, entered.Code) >= 3:
		return g.tellBranch(d, key, entered)
	}
	return g.tellFar(d, key, entered)
}

// heard introduces what the chart supports: with the words of the note where the key has some.
func heard(e []Evidence) string {
	if q := quote(e); q != "" {
		return "the note says " + q + ", which is "
	}
	return "the chart supports "
}

// noteSays is the same as a sentence of its own, with a blank before it; "" where the key has no words.
func noteSays(e []Evidence) string {
	if q := quote(e); q != "" {
		return " The note says " + q + "."
	}
	return ""
}

// quote is the first words of the note that the key gives, short enough for a sentence; the page shows all of them beside it.
func quote(e []Evidence) string {
	for _, x := range e {
		if t := strings.TrimRight(strings.Join(strings.Fields(x.Text), " "), ".,;:"); t != "" {
			return `"` + shortened(t, 60) + `"`
		}
	}
	return ""
}

// shortened cuts a text behind a whole word so that it has at most n characters and an ellipsis.
func shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	cut := strings.LastIndexByte(s[:n+1], ' ')
	if cut <= 0 {
		cut = n
		for cut > 0 && s[cut]&0xC0 == 0x80 { // not in the middle of a character
			cut--
		}
	}
	return strings.TrimRight(s[:cut], " ,;:(") + "..."
}

// brief is a code as printed with a title short enough to stand in a sentence beside another.
func (g *grader) brief(ref codebook.Ref) string {
	return ref.Dotted() + comma(shortened(g.ref.title(ref), 90))
}

// tellBranch says how far down the tree a code came and what the characters name in which the two part.
func (g *grader) tellBranch(d *Diagnosis, key, entered codebook.Ref) string {
	n := common(key.Code, entered.Code)
	root := key.Code[:n]
	for len(root) > 3 && g.titleOf(root) == "" {
		root = root[:len(root)-1]
	}
	x, y := g.branch(entered.Code, root), g.branch(key.Code, root)
	if x == root { // a header on the way to the key's code, without a book that says so
		return "You went as far as " + g.shown(root, key.Code) + comma(shortened(g.titleOf(root), 90)) + ", and stopped there; " + heard(d.Evidence) + g.brief(key) + "."
	}
	a, b := contrastBelow(contrast(g.titleOf(x), g.titleOf(y)))
	s := "You went as far as " + g.shown(root, key.Code) + comma(shortened(g.titleOf(root), 70)) + ", but chose " + g.shown(x, entered.Code) + comma(shortened(a, 70)) + "; " +
		heard(d.Evidence) + g.shown(y, key.Code) + comma(shortened(b, 70))
	if y != key.Code {
		s += ", in full " + key.Dotted()
	}
	return s + "." + g.tellCharacters(key.Code, entered.Code)
}

// branch is the first code below a header, on the way to another code, that has a title; that code itself when none has.
func (g *grader) branch(c, root codebook.Code) codebook.Code {
	for n := len(root) + 1; n < len(c); n++ {
		if g.titleOf(c[:n]) != "" {
			return c[:n]
		}
	}
	return c
}

var ordinals = [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh"}

// tellCharacters says what the characters name in which two codes differ.
func (g *grader) tellCharacters(key, entered codebook.Code) string {
	var which, what []string
	for at := 3; at < max(len(key), len(entered)) && at < len(ordinals); at++ {
		k, e := charAt(key, at), charAt(entered, at)
		if k == e || k == 'X' && e == 0 || k == 0 && e == 'X' {
			continue
		}
		which = append(which, ordinals[at])
		if n := "the " + g.charName(key, entered, at); !slices.Contains(what, n) {
			what = append(what, n)
		}
	}
	switch len(which) {
	case 0:
		return ""
	case 1:
		return " The " + which[0] + " character names " + what[0] + "."
	}
	return " The " + list(which, "and") + " characters name " + list(what, "and") + "."
}

// tellFar is for two codes of different categories.
func (g *grader) tellFar(d *Diagnosis, key, entered codebook.Ref) string {
	s := "You chose " + g.brief(entered) + "; " + heard(d.Evidence) + g.brief(key) + "."
	if g.ref.book == nil {
		return s
	}
	a, ok := g.ref.book.Section(key.Code, g.ref.on)
	b, known := g.ref.book.Section(entered.Code, g.ref.on)
	if ok && known && a == b {
		return s + " You had the right section, " + a.Range() + comma(shortened(a.Title, 60)) + ", and left the way at the category."
	}
	if ok && known && a.Chapter == b.Chapter && a.Chapter != "" {
		return s + " You had the right chapter, and left the way at the section."
	}
	return s
}

// sidesOf are the words of a title that name a side.
func sidesOf(title string) []string {
	_, side := splitSides(words(title))
	return side
}

// sideNamed is the word for the side that a title names: right, left, bilateral, else unspecified; "" when it names none.
func sideNamed(title string) string {
	side := sidesOf(title)
	for _, w := range []string{"right", "left", "bilateral", "unspecified"} {
		if slices.Contains(side, w) {
			return w
		}
	}
	return ""
}

// tellSide is for two codes that say the same but for the side.
func (g *grader) tellSide(d *Diagnosis, key, entered codebook.Ref) string {
	have, want := sideNamed(g.ref.title(entered)), sideNamed(g.ref.title(key))
	at, n := differences(entered.Code, key.Code)
	which := ""
	if n == 1 && at < len(key.Code) && at < len(entered.Code) && at < len(ordinals) && have != "" && want != "" {
		which = fmt.Sprintf(" The %s character names the side: %c %s, %c %s.", ordinals[at], key.Code[at], want, entered.Code[at], have)
	}
	// The quotation stands apart from the code: the words of the line need not be those that name the side.
	says := strings.TrimSuffix(strings.TrimPrefix(noteSays(d.Evidence), " "), ".")
	if says == "" {
		says = "The chart names it"
	}
	switch {
	case have == "" || have == "unspecified":
		return "You left the side open with " + entered.Dotted() + ". " + says + ": " + want + ", " + key.Dotted() + "." + which
	case want == "" || want == "unspecified":
		return "You chose a side, " + have + ", with " + entered.Dotted() + ". The chart does not name one: " + g.brief(key) + "." + which
	}
	return "Right but for the side: you chose " + have + ", " + entered.Dotted() + ". " + says + ": " + want + ", " + key.Dotted() + "." + which
}

// tellSeventh is for two codes that part at the seventh character.
func (g *grader) tellSeventh(d *Diagnosis, key, entered codebook.Ref) string {
	meaning := func(c codebook.Code) string { return string(c[6]) + comma(shortened(g.seventhMeaning(c), 80)) }
	s := "Right up to the seventh character. You chose " + meaning(entered.Code) + "; " + heard(d.Evidence) + meaning(key.Code) + "."
	x, _, _ := strings.Cut(g.seventhMeaning(entered.Code), " ")
	y, _, _ := strings.Cut(g.seventhMeaning(key.Code), " ")
	switch g.charName(key.Code, entered.Code, 6) {
	case encounterLevel:
		if x == y && x != "" { // both initial, or both subsequent
			return s + " The encounter is right; the kind of wound or of healing is not."
		}
		return s + " A stands for active treatment, D and its kin for care while it heals, S for what remains."
	case sideLevel:
		return s + " It names the side."
	case "stage":
		return s + " It names the stage."
	case "fetus":
		return s + " It names the fetus, and is 0 where there is one."
	}
	return s
}

// intents are what the intent character of T36 to T65 says (Official Guidelines I.C.19.e.5).
var intents = map[byte]string{'1': "poisoning, accidental", '2': "poisoning, self-harm", '3': "poisoning, assault", '4': "poisoning, undetermined",
	'5': "adverse effect of a drug rightly given", '6': "underdosing"}

func (g *grader) tellIntent(d *Diagnosis, key, entered codebook.Ref) string {
	x, y := intentOf(entered.Code), intentOf(key.Code)
	name := func(b byte) string { return string(b) + comma(intents[b]) }
	return "You chose " + entered.Dotted() + " with the intent " + name(x) + "; " + heard(d.Evidence) + key.Dotted() + " with " + name(y) +
		". Before the drug, decide how it was taken: wrongly is poisoning, rightly is adverse effect, too little is underdosing."
}

// tellIncomplete is for a code that a payer rejects.
func (g *grader) tellIncomplete(d *Diagnosis, key, entered codebook.Ref, f Finding) string {
	l := g.ref.look(entered)
	switch {
	case f == DX7TH:
		s := entered.Dotted() + " lacks its seventh character, so a payer would reject it; " + heard(d.Evidence) + g.brief(key) + "."
		if len(entered.Code) < 6 {
			s += " Placeholders X fill the places before the seventh."
		} else if m := g.seventhMeaning(key.Code); m != "" && len(key.Code) == 7 {
			s += " " + string(key.Code[6]) + " says: " + shortened(m, 80) + "."
		}
		return s
	case l.valid == invalid:
		s := entered.Dotted() + " is no code on the date of this chart, so a payer would reject it; " + heard(d.Evidence) + g.brief(key) + "."
		for n := len(entered.Code) - 1; n >= 3; n-- {
			if t := g.titleOf(entered.Code[:n]); t != "" {
				return s + " The book goes as far as " + g.shown(entered.Code[:n], entered.Code) + comma(shortened(t, 70)) + "."
			}
		}
		return s
	}
	return entered.Dotted() + comma(shortened(g.ref.title(entered), 80)) + ", is a header: codes stand below it, so a payer would reject it. Go on to the last character; " + heard(d.Evidence) + g.brief(key) + "."
}

// tellMissed says what calls for a diagnosis that was not entered, and what kind of line it is.
func (g *grader) tellMissed(i int) string {
	d, l := &g.key.Diagnoses[i], g.dx.lines[i]
	return "Not entered: " + g.brief(l.Ref) + "." + noteSays(d.Evidence) + g.tellKind(i, d, l.Ref)
}

func (g *grader) tellKind(i int, d *Diagnosis, ref codebook.Ref) string {
	inpatient := g.key.InpatientFacility()
	if d.First != NotFirst {
		return ""
	}
	if slices.Contains(d.Cites, "II.H") || slices.Contains(d.Cites, "III.C") {
		return " It is uncertain at discharge, and for a hospital inpatient that is coded as if it were established."
	}
	if inpatient && g.ref.book != nil {
		if level, cancelled, _ := g.ref.book.Severity(ref.Code, g.principal(), g.ref.on); level != "" && !cancelled {
			if level == "MCC" {
				return " It is an MCC: of all secondary diagnoses these weigh most in the DRG."
			}
			return " It is a CC: it may move the DRG."
		}
	}
	if other, from, kind := g.wantedBeside(i); other >= 0 {
		what := "asks for it beside"
		if kind == codebook.CodeFirst {
			what = "puts it before"
		}
		return " A " + noteName(kind) + " note at " + from + " " + what + " " + g.dx.lines[other].Dotted() + "."
	}
	switch {
	case isExternalCause(ref.Code):
		return " It tells how or where the injury came about."
	case d.Weight == Status:
		return " It is a status or history that bears on the care."
	case d.Why != "" || quote(d.Evidence) != "": // the author or the note has said it
		return ""
	case inpatient:
		return " What was evaluated, treated or watched, or took more care, is reported."
	}
	return " What coexists and bears on this encounter is reported."
}

// principal is the key's first diagnosis.
func (g *grader) principal() codebook.Code {
	for _, d := range g.key.Diagnoses {
		if d.First != NotFirst {
			return d.Code
		}
	}
	return ""
}

func noteName(k codebook.NoteKind) string {
	switch k {
	case codebook.CodeFirst:
		return "code-first"
	case codebook.UseAdditional:
		return "use-additional-code"
	}
	return "code-also"
}

// wantedBeside finds another line of the key whose notes name key line i: the line, where the note stands, and its kind. -1 when none.
func (g *grader) wantedBeside(i int) (line int, from string, kind codebook.NoteKind) {
	if g.ref.book == nil {
		return -1, "", ""
	}
	own := g.key.Diagnoses[i].Code
	for j := range g.key.Diagnoses {
		if j == i || g.dx.lines[j].optional {
			continue
		}
		e, err := g.ref.book.Lookup(codebook.ICD10CM, g.key.Diagnoses[j].Code, g.ref.on)
		if err != nil {
			continue
		}
		for _, n := range e.Notes {
			switch n.Kind {
			case codebook.CodeFirst, codebook.UseAdditional, codebook.CodeAlso:
				// A note at a chapter names what goes with everything in it, which says little of this line.
				if !strings.HasPrefix(n.From, "Chapter") && mayName(n.Text, own) && inRanges(codebook.References(n.Text), own) {
					return j, n.From, n.Kind
				}
			}
		}
	}
	return -1, "", ""
}

// mayName reports whether a note can name a code, cheaply: the letter of the code or of a range around it stands before a digit. W and X
// are named by V00-Y99 too.
func mayName(text string, c codebook.Code) bool {
	if len(c) == 0 || c[0] == 'W' || c[0] == 'X' {
		return true
	}
	for i := 0; i+1 < len(text); i++ {
		if text[i] == c[0] && text[i+1] >= '0' && text[i+1] <= '9' {
			return true
		}
	}
	return false
}

// isExternalCause reports whether a code is of V00 to Y99.
func isExternalCause(c codebook.Code) bool {
	p := prefix(string(c), 1)
	return p >= "V" && p <= "Y"
}
