package progress

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a list of candidates.
const (
	MaxNewCandidates = 500 // at a time
	MaxCandidateRef  = 60  // characters of the employer's number
)

// CandidateLine is one person of a list of candidates.
type CandidateLine struct {
	Name         string
	Email        string // case-folded, "" for none
	Ref          string // the employer's number, "" for none
	ExtraPercent *int   // extra time, 0 to MaxExtraPercent; nil where the list does not say, as ExtraBreaks
	ExtraBreaks  *int   // 0 to MaxExtraBreaks
	Line         int    // from 1
}

// candidateColumns are the names of columns that are understood, written as peopleColumns are.
var candidateColumns = map[string]string{
	"name": "name", "fullname": "name", "candidate": "name", "firstname": "first", "givenname": "first", "lastname": "last", "surname": "last", "familyname": "last",
	"email": "email", "mail": "email", "emailaddress": "email", "ref": "ref", "reference": "ref", "number": "ref", "id": "ref", "applicant": "ref", "candidatenumber": "ref", "applicantnumber": "ref",
	"extra": "extra", "extratime": "extra", "extrapercent": "extra", "extratimepercent": "extra", "breaks": "breaks", "extrabreaks": "breaks",
}

// ParseCandidates reads a list of candidates, typed or a CSV file: a name on each line and behind it, where there are some, e-mail and the
// employer's number, with commas, semicolons or tabs between. A first line that names the columns puts them in another order, and can add
// extra time in per cent and extra breaks. All that is wrong is told at once, each as an *InputError of the field people that begins with the line.
func ParseCandidates(file []byte) ([]CandidateLine, InputErrors) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	switch {
	case len(file) > MaxPeopleFile:
		return nil, InputErrors{{"people", fmt.Sprintf("The list can have %d KiB at most. Split it.", MaxPeopleFile>>10)}}
	case !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0:
		return nil, InputErrors{{"people", "This is no text in UTF-8: save the sheet as “CSV UTF-8” and choose that file."}}
	case len(bytes.TrimSpace(file)) == 0:
		return nil, InputErrors{{"people", "Type at least one name, or choose a CSV file."}}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma, r.FieldsPerRecord = separator(bytes.TrimLeft(file, "\r\n")), -1
	r.TrimLeadingSpace = r.Comma != '\t'
	l := candidateList{at: map[string]int{"name": 0, "email": 1, "ref": 2}, most: 3, emails: map[string]int{}, refs: map[string]int{}, whole: map[string]int{}}
	for first := true; ; first = false {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			e := csvProblem(err)
			e.Field = "people"
			l.problems = append(l.problems, e)
			break
		}
		line, _ := r.FieldPos(0)
		if first && l.head(rec, line) {
			continue
		}
		if strings.TrimSpace(strings.Join(rec, "")) == "" {
			continue
		}
		if len(l.out)+len(l.problems) >= MaxNewCandidates {
			l.add(line, "at most %d people can be invited at a time. Invite the rest afterwards.", MaxNewCandidates)
			break
		}
		l.take(rec, line)
	}
	if len(l.out)+len(l.problems) == 0 {
		l.add(2, "there is nobody below the names of the columns.")
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	return l.out, nil
}

// candidateList is a list as it is read.
type candidateList struct {
	at                  map[string]int // where the columns stand
	most                int            // columns that a line can have
	out                 []CandidateLine
	problems            InputErrors
	emails, refs, whole map[string]int // where each stands
}

func (l *candidateList) add(line int, reason string, args ...any) {
	l.problems = append(l.problems, &InputError{"people", fmt.Sprintf("Line %d: ", line) + fmt.Sprintf(reason, args...)})
}

// head reads a first line that names columns; false when it is somebody already.
func (l *candidateList) head(rec []string, line int) bool {
	at, twice := map[string]int{}, ""
	for i, h := range rec {
		column, known := candidateColumns[strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "", "%", "").Replace(strings.TrimSpace(h)))]
		if !known {
			continue
		}
		if _, there := at[column]; there {
			twice = column
		}
		at[column] = i
	}
	_, name := at["name"]
	_, given := at["first"]
	_, family := at["last"]
	if !name && !given && !family {
		return false
	}
	if twice != "" {
		l.add(line, "two columns are called %s. Take one away.", twice)
	}
	l.at, l.most = at, max(len(rec), 1)
	return true
}

// take reads one person.
func (l *candidateList) take(rec []string, line int) {
	cell := func(column string) string {
		if i, ok := l.at[column]; ok && i < len(rec) {
			return cleanName(rec[i])
		}
		return ""
	}
	c, problems := CandidateLine{Name: cell("name"), Ref: cell("ref"), Line: line}, len(l.problems)
	if c.Name == "" {
		c.Name = cleanName(cell("first") + " " + cell("last"))
	}
	if len(rec) > l.most && slices.ContainsFunc(rec[l.most:], func(s string) bool { return strings.TrimSpace(s) != "" }) {
		l.add(line, "there are %d fields, and %d columns. Put a field that has a comma in it into quotes.", len(rec), l.most)
		return
	}
	if cell("email") != "" {
		email, e := checkEmail(cell("email"))
		if e != nil {
			l.add(line, "%q is no e-mail address such as name@example.org.", clip(cell("email"), 60))
			return
		}
		c.Email = email
	}
	c.ExtraPercent = l.number(line, cell("extra"), "extra time is a whole number of per cent", MaxExtraPercent)
	c.ExtraBreaks = l.number(line, cell("breaks"), "extra breaks are a whole number", MaxExtraBreaks)
	if len(l.problems) > problems {
		return
	}
	whole := strings.Join([]string{c.Name, c.Email, c.Ref}, "\x00")
	switch n := checkName(c.Name); {
	case c.Name == "":
		l.add(line, "the name is missing.")
	case n != nil:
		l.add(line, "the name cannot be taken. %s", n.Reason)
	case utf8.RuneCountInString(c.Ref) > MaxCandidateRef:
		l.add(line, "the number can have %d characters at most.", MaxCandidateRef)
	case strings.ContainsFunc(c.Ref, unicode.IsControl):
		l.add(line, "the number has a character that cannot be printed.")
	case c.Email != "" && l.emails[c.Email] > 0:
		l.add(line, "%s stands on line %d already.", c.Email, l.emails[c.Email])
	case c.Ref != "" && l.refs[c.Ref] > 0:
		l.add(line, "the number %s stands on line %d already.", c.Ref, l.refs[c.Ref])
	case l.whole[whole] > 0:
		l.add(line, "%s stands on line %d already. Give each a number to tell them apart.", c.Name, l.whole[whole])
	default:
		l.emails[c.Email], l.refs[c.Ref], l.whole[whole] = line, line, line
		l.out = append(l.out, c)
	}
}

// number reads a cell that holds 0 to most, with or without a per cent sign; nil for an empty one.
func (l *candidateList) number(line int, text, what string, most int) *int {
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(text, "%")))
	if err != nil || n < 0 || n > most {
		l.add(line, "%s from 0 to %d, and not %q.", what, most, clip(text, 20))
		return nil
	}
	return &n
}
