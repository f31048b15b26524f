package interchange

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"crosswalk/grading"
)

const canvasSpace = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"

// canvasKinds are the names of Canvas for our kinds.
var canvasKinds = map[grading.Kind]string{
	grading.Single: "multiple_choice_question", grading.Multiple: "multiple_answers_question", grading.Number: "numerical_question",
	grading.Text: "short_answer_question", grading.Match: "matching_question",
}

func writeCanvas(out io.Writer, items []*Item) error {
	var b strings.Builder
	b.WriteString(xmlHead + "<questestinterop xmlns=\"" + canvasSpace + "\">\n<assessment ident=\"crosswalk\" title=\"Crosswalk\">\n<section ident=\"root_section\">\n")
	for i, it := range items {
		canvasItemXML(&b, it, i+1)
	}
	b.WriteString("</section>\n</assessment>\n</questestinterop>\n")
	manifest := xmlHead + "<manifest identifier=\"crosswalk\" xmlns=\"http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1\">\n<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>\n<organizations/>\n" +
		"<resources><resource identifier=\"crosswalk\" type=\"imsqti_xmlv1p2\"><file href=\"crosswalk/crosswalk.xml\"/></resource></resources>\n</manifest>\n"
	const name = "crosswalk/crosswalk.xml"
	return writePackage(out, []string{"imsmanifest.xml", name}, map[string]string{"imsmanifest.xml": manifest, name: b.String()})
}

// mat writes a piece of text as HTML.
func mat(html string) string {
	return "<material><mattext texttype=\"text/html\">" + xmlText(html) + "</mattext></material>"
}

func canvasItemXML(b *strings.Builder, it *Item, number int) {
	title := it.ID
	if title == "" {
		title = "Question"
	}
	fmt.Fprintf(b, "<item ident=\"q%d\" title=\"%s\">\n<itemmetadata><qtimetadata>", number, xmlText(title))
	field := func(label, entry string) {
		if entry != "" {
			b.WriteString("<qtimetadatafield><fieldlabel>" + label + "</fieldlabel><fieldentry>" + xmlText(entry) + "</fieldentry></qtimetadatafield>")
		}
	}
	field("question_type", canvasKinds[it.Kind])
	field("points_possible", "1.0")
	field("crosswalk_id", it.ID)
	if it.Area != "" {
		field("crosswalk_tag", "area: "+it.Area)
	}
	for _, t := range it.tags() {
		field("crosswalk_tag", t)
	}
	b.WriteString("</qtimetadata></itemmetadata>\n<presentation>" + mat(toHTML(it.Stem)) + "\n")
	canvasResponses(b, it)
	b.WriteString("</presentation>\n<resprocessing><outcomes><decvar maxvalue=\"100\" minvalue=\"0\" varname=\"SCORE\" vartype=\"Decimal\"/></outcomes>\n")
	canvasProcessing(b, it)
	b.WriteString("</resprocessing>\n")
	feedback := func(ident, md string) {
		if md != "" {
			fmt.Fprintf(b, "<itemfeedback ident=\"%s\"><flow_mat>%s</flow_mat></itemfeedback>\n", ident, mat(toHTML(md)))
		}
	}
	feedback("general_fb", it.Rationale)
	for i, c := range it.Choices {
		feedback(fmt.Sprintf("o%d_fb", i+1), c.Why)
	}
	b.WriteString("</item>\n")
}

func canvasResponses(b *strings.Builder, it *Item) {
	switch it.Kind {
	case grading.Single, grading.Multiple:
		cardinality := "Single"
		if it.Kind == grading.Multiple {
			cardinality = "Multiple"
		}
		fmt.Fprintf(b, "<response_lid ident=\"response1\" rcardinality=\"%s\"><render_choice>\n", cardinality)
		for i, c := range it.Choices {
			fmt.Fprintf(b, "<response_label ident=\"o%d\">%s</response_label>\n", i+1, mat(lineHTML(c.Text)))
		}
		b.WriteString("</render_choice></response_lid>\n")
	case grading.Number, grading.Text:
		b.WriteString("<response_str ident=\"response1\" rcardinality=\"Single\"><render_fib><response_label ident=\"answer1\"/></render_fib></response_str>\n")
	case grading.Match:
		for i, p := range it.Pairs {
			fmt.Fprintf(b, "<response_lid ident=\"response_%d\">%s<render_choice>\n", i+1, mat(lineHTML(p.Left)))
			for j, q := range it.Pairs {
				fmt.Fprintf(b, "<response_label ident=\"r%d\"><material><mattext texttype=\"text/plain\">%s</mattext></material></response_label>\n", j+1, xmlText(toPlain(q.Right)))
			}
			b.WriteString("</render_choice></response_lid>\n")
		}
	}
}

func canvasProcessing(b *strings.Builder, it *Item) {
	const full = "<setvar action=\"Set\" varname=\"SCORE\">100</setvar></respcondition>\n"
	if it.Rationale != "" {
		b.WriteString("<respcondition continue=\"Yes\"><conditionvar><other/></conditionvar><displayfeedback feedbacktype=\"Response\" linkrefid=\"general_fb\"/></respcondition>\n")
	}
	for i, c := range it.Choices {
		if c.Why != "" {
			fmt.Fprintf(b, "<respcondition continue=\"Yes\"><conditionvar><varequal respident=\"response1\">o%d</varequal></conditionvar><displayfeedback feedbacktype=\"Response\" linkrefid=\"o%d_fb\"/></respcondition>\n", i+1, i+1)
		}
	}
	switch it.Kind {
	case grading.Single, grading.Multiple:
		b.WriteString("<respcondition continue=\"No\"><conditionvar><and>")
		for i, c := range it.Choices {
			v := fmt.Sprintf("<varequal respident=\"response1\">o%d</varequal>", i+1)
			switch {
			case c.Right:
				b.WriteString(v)
			case it.Kind == grading.Multiple:
				b.WriteString("<not>" + v + "</not>")
			}
		}
		b.WriteString("</and></conditionvar>" + full)
	case grading.Number:
		b.WriteString("<respcondition continue=\"No\"><conditionvar>" + canvasRange(it) + "</conditionvar>" + full)
	case grading.Text:
		b.WriteString("<respcondition continue=\"No\"><conditionvar>")
		for _, t := range it.Texts {
			b.WriteString("<varequal respident=\"response1\">" + xmlText(t) + "</varequal>")
		}
		b.WriteString("</conditionvar>" + full)
	case grading.Match:
		share := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", 100/float64(len(it.Pairs))), "0"), ".")
		for i := range it.Pairs {
			fmt.Fprintf(b, "<respcondition><conditionvar><varequal respident=\"response_%d\">r%d</varequal></conditionvar><setvar varname=\"SCORE\" action=\"Add\">%s</setvar></respcondition>\n", i+1, i+1, share)
		}
	}
}

// canvasRange is the number itself, or the range that its tolerance makes.
func canvasRange(it *Item) string {
	equal := "<varequal respident=\"response1\">" + it.Number + "</varequal>"
	if it.Tolerance == "0" || it.Tolerance == "" {
		return equal
	}
	v, _ := parseNumber(it.Number)
	t, _ := parseNumber(it.Tolerance)
	low, high := printNumber(new(big.Rat).Sub(v, t)), printNumber(new(big.Rat).Add(v, t))
	return "<or>" + equal + "<and><vargte respident=\"response1\">" + low + "</vargte><varlte respident=\"response1\">" + high + "</varlte></and></or>"
}
