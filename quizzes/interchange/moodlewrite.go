package interchange

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"crosswalk/grading"
)

// xmlText escapes text for XML.
func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// moodleHTML writes an element with HTML in it.
func moodleHTML(b *strings.Builder, tag, attrs, html string) {
	fmt.Fprintf(b, "<%s%s format=\"html\"><text>%s</text></%s>\n", tag, attrs, xmlText(html), tag)
}

func writeMoodle(w io.Writer, items []*Item) error {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n")
	area := ""
	for i, it := range items {
		if it.Area != area || i == 0 {
			area = it.Area
			fmt.Fprintf(&b, "<question type=\"category\"><category><text>$course$/top/Crosswalk/%s</text></category></question>\n", xmlText(area))
		}
		kinds := map[grading.Kind]string{grading.Single: "multichoice", grading.Multiple: "multichoice", grading.Number: "numerical", grading.Text: "shortanswer", grading.Match: "matching", grading.Order: "ordering"}
		fmt.Fprintf(&b, "<question type=\"%s\">\n<name><text>%s</text></name>\n", kinds[it.Kind], xmlText(it.ID))
		moodleHTML(&b, "questiontext", "", toHTML(it.Stem))
		moodleHTML(&b, "generalfeedback", "", toHTML(it.Rationale))
		fmt.Fprintf(&b, "<defaultgrade>1</defaultgrade>\n<idnumber>%s</idnumber>\n", xmlText(it.ID))
		moodleKey(&b, it)
		if tags := it.tags(); len(tags) > 0 {
			b.WriteString("<tags>")
			for _, t := range tags {
				b.WriteString("<tag><text>" + xmlText(t) + "</text></tag>")
			}
			b.WriteString("</tags>\n")
		}
		b.WriteString("</question>\n")
	}
	b.WriteString("</quiz>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func moodleKey(b *strings.Builder, it *Item) {
	switch it.Kind {
	case grading.Single, grading.Multiple:
		fmt.Fprintf(b, "<single>%t</single>\n<shuffleanswers>true</shuffleanswers>\n<answernumbering>ABCD</answernumbering>\n", it.Kind == grading.Single)
		for _, c := range it.Choices {
			share := "0"
			switch {
			case c.Right:
				share = percentOf(it.rights())
			case it.Kind == grading.Multiple:
				share = "-100"
			}
			fmt.Fprintf(b, "<answer fraction=\"%s\" format=\"html\"><text>%s</text>", share, xmlText(lineHTML(c.Text)))
			moodleHTML(b, "feedback", "", toHTML(c.Why))
			b.WriteString("</answer>\n")
		}
	case grading.Number:
		fmt.Fprintf(b, "<answer fraction=\"100\"><text>%s</text><tolerance>%s</tolerance></answer>\n", it.Number, it.Tolerance)
	case grading.Text:
		b.WriteString("<usecase>0</usecase>\n")
		for _, t := range it.Texts {
			fmt.Fprintf(b, "<answer fraction=\"100\" format=\"moodle_auto_format\"><text>%s</text></answer>\n", xmlText(strings.ReplaceAll(t, "*", `\*`)))
		}
	case grading.Match:
		b.WriteString("<shuffleanswers>true</shuffleanswers>\n")
		for _, p := range it.Pairs {
			fmt.Fprintf(b, "<subquestion format=\"html\"><text>%s</text><answer><text>%s</text></answer></subquestion>\n", xmlText(lineHTML(p.Left)), xmlText(toPlain(p.Right)))
		}
	case grading.Order:
		b.WriteString("<layouttype>VERTICAL</layouttype>\n<selecttype>ALL</selecttype>\n<selectcount>0</selectcount>\n<gradingtype>ABSOLUTE_POSITION</gradingtype>\n<showgrading>SHOW</showgrading>\n")
		for i, e := range it.Entries {
			fmt.Fprintf(b, "<answer fraction=\"%d\" format=\"html\"><text>%s</text></answer>\n", i+1, xmlText(lineHTML(e)))
		}
	}
}
