package release

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element is a place in an XML file while it is read.
type element struct {
	path []string // names from the root down to the element itself
	attr []xml.Attr
	line int
	lead string // at its end: the text before its last child element, when it has both
}

func (e *element) name() string { return e.path[len(e.path)-1] }

// parent is the name of the element around, "" at the root.
func (e *element) parent() string {
	if len(e.path) < 2 {
		return ""
	}
	return e.path[len(e.path)-2]
}

func (e *element) get(attr string) string {
	for _, a := range e.attr {
		if a.Name.Local == attr {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// walkXML calls start at the beginning of every element, with its attributes, and end at its end, with the text that stands right in it
// (blanks as single spaces); of an element that has both text and children that is the text after the last child, and the rest is its lead.
// It uses raw tokens, at about twice the speed of checked ones, and so checks itself that the elements close in order.
func walkXML(r io.Reader, start func(e *element) error, end func(e *element, text string) error) error {
	d := xml.NewDecoder(r)
	e := &element{}
	var text strings.Builder
	var leads []string // for each open element the text that stood before its last child
	root := false
	for {
		tok, err := d.RawToken()
		e.line, _ = d.InputPos()
		if err == io.EOF {
			if len(e.path) > 0 {
				return damaged(e.line, "the file ends within <%s>", e.name())
			}
			if !root {
				return damaged(e.line, "the file ends before its first element")
			}
			return nil
		}
		if err != nil {
			if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
				return damaged(s.Line, "%s", s.Msg)
			}
			return &lineError{e.line, broken(err)}
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			root = true
			if n := len(leads); n > 0 {
				leads[n-1] = joinBlanks(leads[n-1], text.String())
			}
			leads = append(leads, "")
			e.path = append(e.path, tok.Name.Local)
			e.attr = tok.Attr
			text.Reset()
			if err := start(e); err != nil {
				return err
			}
		case xml.CharData:
			if len(e.path) > 0 {
				text.Write(tok)
			}
		case xml.EndElement:
			if len(e.path) == 0 || e.name() != tok.Name.Local {
				return damaged(e.line, "</%s> closes nothing", tok.Name.Local)
			}
			e.lead = leads[len(leads)-1]
			leads = leads[:len(leads)-1]
			if err := end(e, strings.Join(strings.Fields(text.String()), " ")); err != nil {
				return err
			}
			text.Reset()
			e.path = e.path[:len(e.path)-1]
		}
	}
}

// joinBlanks is a text with more of it, blanks as single spaces. Between elements there are nearly always blanks only.
func joinBlanks(text, more string) string {
	if strings.TrimSpace(more) == "" {
		return text
	}
	return strings.TrimSpace(text + " " + strings.Join(strings.Fields(more), " "))
}
