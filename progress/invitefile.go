package progress

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxPeopleFile is the most bytes that a file of people can have.
const MaxPeopleFile = 256 << 10

// Person is a line of a file of people.
type Person struct {
	Name, Email string // the e-mail is case-folded
	Line        int    // from 1; 0: from no file
}

// peopleColumns are the names of columns that are understood, in lower case without blanks, hyphens and underscores.
var peopleColumns = map[string]string{
	"email": "email", "mail": "email", "emailaddress": "email", "name": "name", "fullname": "name", "firstname": "first", "givenname": "first", "lastname": "last", "surname": "last", "familyname": "last",
}

// ParsePeople reads a CSV file of names and e-mails: a first line that names the columns, of which one must be the e-mail and others may be
// the name, or first and last name; commas, semicolons or tabs between them. All that is wrong is told at once, each as an *InputError of
// the field file that begins with the line.
func ParsePeople(file []byte) ([]Person, InputErrors) {
	var problems InputErrors
	add := func(line int, reason string, args ...any) {
		problems = append(problems, &InputError{"file", fmt.Sprintf("Line %d: ", line) + fmt.Sprintf(reason, args...)})
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	switch {
	case len(file) > MaxPeopleFile:
		return nil, InputErrors{{"file", fmt.Sprintf("The file can have %d KiB at most. Split it.", MaxPeopleFile>>10)}}
	case !utf8.Valid(file) || bytes.IndexByte(file, 0) >= 0:
		return nil, InputErrors{{"file", "This is no text in UTF-8: save the sheet as “CSV UTF-8” and choose that file."}}
	case len(bytes.TrimSpace(file)) == 0:
		return nil, InputErrors{{"file", "The file is empty. Its first line names the columns, as in: name,email"}}
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma, r.FieldsPerRecord = separator(file), -1
	r.TrimLeadingSpace = r.Comma != '\t' // or empty fields between tabs would vanish
	head, err := r.Read()
	if err != nil {
		return nil, InputErrors{csvProblem(err)}
	}
	at, e := columnsOf(head)
	if e != nil {
		return nil, InputErrors{e}
	}
	var out []Person
	seen := map[string]int{}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			problems = append(problems, csvProblem(err))
			break
		}
		line, _ := r.FieldPos(0)
		cell := func(column string) string {
			if i, ok := at[column]; ok && i < len(rec) {
				return cleanName(rec[i])
			}
			return ""
		}
		if strings.TrimSpace(strings.Join(rec, "")) == "" {
			continue
		}
		if len(out)+len(problems) >= MaxNewMembers {
			add(line, "at most %d people can be invited at a time.", MaxNewMembers)
			break
		}
		p := Person{Name: cell("name"), Line: line}
		if p.Name == "" {
			p.Name = cleanName(cell("first") + " " + cell("last"))
		}
		email, e := checkEmail(cell("email"))
		switch n := checkName(p.Name); {
		case cell("email") == "":
			add(line, "the e-mail is missing.")
		case e != nil:
			add(line, "%q is no e-mail address such as name@example.org.", clip(cell("email"), 60))
		case p.Name != "" && n != nil:
			add(line, "the name cannot be taken. %s", n.Reason)
		case seen[email] > 0:
			add(line, "%s stands on line %d already.", email, seen[email])
		default:
			p.Email, seen[email] = email, line
			out = append(out, p)
		}
	}
	if len(out)+len(problems) == 0 {
		add(2, "there is nobody below the names of the columns.")
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

// separator is what stands between the columns of the first line.
func separator(file []byte) rune {
	first, _, _ := bytes.Cut(file, []byte("\n"))
	best, most := ',', 0
	for _, sep := range []rune{',', ';', '\t'} {
		if n := strings.Count(string(first), string(sep)); n > most {
			best, most = sep, n
		}
	}
	return best
}

// columnsOf says where the columns stand that are understood; others are passed over.
func columnsOf(head []string) (map[string]int, *InputError) {
	at := map[string]int{}
	for i, h := range head {
		name := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.TrimSpace(h)))
		column, known := peopleColumns[name]
		if !known {
			continue
		}
		if _, twice := at[column]; twice {
			return nil, &InputError{"file", fmt.Sprintf("Line 1: two columns are called %s. Take one away.", column)}
		}
		at[column] = i
	}
	if _, ok := at["email"]; !ok {
		return nil, &InputError{"file", fmt.Sprintf("Line 1: no column is called email; these are: %s. The first line names the columns, as in: name,email", clip(strings.Join(head, ", "), 120))}
	}
	return at, nil
}

func csvProblem(err error) *InputError {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &InputError{"file", fmt.Sprintf("Line %d: the quotes do not match. Put a field that has a quote in it into quotes and double the quote.", p.StartLine)}
	}
	return &InputError{"file", "The file cannot be read as CSV."}
}

// clip shortens a text to n characters.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}
