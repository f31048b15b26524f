package interchange

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"unicode"

	"crosswalk/grading"
)

// qtiVersion is what differs between the versions of QTI in a package.
type qtiVersion struct {
	space, manifest, resource, schema, version string
	kebab                                      bool // names of elements and attributes as 3.0 has them
}

func qtiVersionOf(f Format) qtiVersion {
	switch f {
	case QTI30:
		return qtiVersion{"http://www.imsglobal.org/xsd/imsqtiasi_v3p0", "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "imsqti_item_xmlv3p0", "QTI Package", "3.0.0", true}
	case QTI22:
		return qtiVersion{"http://www.imsglobal.org/xsd/imsqti_v2p2", "http://www.imsglobal.org/xsd/imscp_v1p1", "imsqti_item_xmlv2p2", "QTIv2.2 Package", "1.0.0", false}
	}
	return qtiVersion{"http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/imscp_v1p1", "imsqti_item_xmlv2p1", "QTIv2.1 Package", "1.0.0", false}
}

// qtiWriter writes elements of QTI in the names of its version.
type qtiWriter struct {
	strings.Builder
	v qtiVersion
}

func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// open begins an element with attributes in pairs of name and value.
func (w *qtiWriter) open(name string, attrs ...string) { w.begin(name, attrs, ">") }

// empty writes an element without content.
func (w *qtiWriter) empty(name string, attrs ...string) { w.begin(name, attrs, "/>") }

func (w *qtiWriter) begin(name string, attrs []string, end string) {
	if w.v.kebab {
		name = "qti-" + kebab(name)
	}
	w.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		key := attrs[i]
		if w.v.kebab {
			key = kebab(key)
		}
		w.WriteString(" " + key + `="` + xmlText(attrs[i+1]) + `"`)
	}
	w.WriteString(end)
}

func (w *qtiWriter) close(name string) {
	if w.v.kebab {
		name = "qti-" + kebab(name)
	}
	w.WriteString("</" + name + ">")
}

// leaf writes an element with content that is markup already.
func (w *qtiWriter) leaf(name, markup string, attrs ...string) {
	w.open(name, attrs...)
	w.WriteString(markup)
	w.close(name)
}

// writePackage packs files into a zip archive that is the same for the same content.
func writePackage(out io.Writer, names []string, files map[string]string) error {
	z := zip.NewWriter(out)
	for _, n := range names {
		f, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, files[n]); err != nil {
			return err
		}
	}
	return z.Close()
}

const xmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

func writeQTI(out io.Writer, f Format, items []*Item) error {
	v := qtiVersionOf(f)
	var m strings.Builder
	fmt.Fprintf(&m, xmlHead+"<manifest xmlns=\"%s\" identifier=\"crosswalk\">\n<metadata><schema>%s</schema><schemaversion>%s</schemaversion></metadata>\n<organizations/>\n<resources>\n", v.manifest, v.schema, v.version)
	names, files := []string{"imsmanifest.xml"}, map[string]string{}
	for i, it := range items {
		id := it.ID
		if id == "" {
			id = fmt.Sprintf("question-%d", i+1)
		}
		name := fmt.Sprintf("items/q%04d.xml", i+1)
		fmt.Fprintf(&m, "<resource identifier=\"r%04d\" type=\"%s\" href=\"%s\">\n%s<file href=\"%s\"/></resource>\n", i+1, v.resource, name, lom(it), name)
		names = append(names, name)
		files[name] = qtiItemXML(v, it, id)
	}
	m.WriteString("</resources>\n</manifest>\n")
	files["imsmanifest.xml"] = m.String()
	return writePackage(out, names, files)
}

// lom writes what a package can say about an item: area and cites as keywords, the difficulty in the words of IEEE LOM.
func lom(it *Item) string {
	var b strings.Builder
	b.WriteString("<metadata><lom xmlns=\"http://ltsc.ieee.org/xsd/LOM\"><general>")
	if it.Area != "" {
		b.WriteString("<keyword><string>area: " + xmlText(it.Area) + "</string></keyword>")
	}
	for _, c := range it.Cites {
		b.WriteString("<keyword><string>cites: " + xmlText(c) + "</string></keyword>")
	}
	b.WriteString("</general>")
	if it.Difficulty > 0 {
		b.WriteString("<educational><difficulty><source>LOMv1.0</source><value>" + levels[it.Difficulty-1] + "</value></difficulty></educational>")
	}
	return b.String() + "</lom></metadata>\n"
}

func qtiItemXML(v qtiVersion, it *Item, id string) string {
	w := &qtiWriter{v: v}
	w.WriteString(xmlHead)
	w.open("assessmentItem", "xmlns", v.space, "identifier", id, "title", clip(toPlain(it.Stem), 60), "adaptive", "false", "timeDependent", "false")
	w.WriteByte('\n')
	w.declare(it)
	w.open("itemBody")
	w.WriteString("<div>" + toHTML(it.Stem) + "</div>\n")
	w.interaction(it)
	w.close("itemBody")
	w.WriteByte('\n')
	w.processing(it)
	w.feedback(it)
	w.close("assessmentItem")
	w.WriteByte('\n')
	return w.String()
}

// letter names the options of an item.
func letter(i int) string { return fmt.Sprintf("C%d", i+1) }

// declare writes the response with its key, and the outcomes.
func (w *qtiWriter) declare(it *Item) {
	cardinality, base := "multiple", "identifier"
	var correct []string
	switch it.Kind {
	case grading.Single:
		cardinality = "single"
	case grading.Number:
		cardinality, base, correct = "single", "float", []string{it.Number}
	case grading.Text:
		cardinality, base, correct = "single", "string", it.Texts[:1]
	case grading.Order:
		cardinality = "ordered"
		for i := range it.Entries {
			correct = append(correct, letter(i))
		}
	case grading.Match:
		base = "directedPair"
		for i := range it.Pairs {
			correct = append(correct, fmt.Sprintf("L%d R%d", i+1, i+1))
		}
	}
	for i, c := range it.Choices {
		if c.Right {
			correct = append(correct, letter(i))
		}
	}
	w.open("responseDeclaration", "identifier", "RESPONSE", "cardinality", cardinality, "baseType", base)
	w.open("correctResponse")
	for _, v := range correct {
		w.leaf("value", xmlText(v))
	}
	w.close("correctResponse")
	if it.Kind == grading.Text {
		w.open("mapping", "defaultValue", "0")
		for _, t := range it.Texts {
			w.empty("mapEntry", "mapKey", t, "mappedValue", "1", "caseSensitive", "false")
		}
		w.close("mapping")
	}
	w.close("responseDeclaration")
	w.WriteByte('\n')
	w.empty("outcomeDeclaration", "identifier", "SCORE", "cardinality", "single", "baseType", "float")
	if len(it.Choices) > 0 {
		w.empty("outcomeDeclaration", "identifier", "FEEDBACK", "cardinality", cardinality, "baseType", "identifier")
	}
	if it.Rationale != "" {
		w.open("outcomeDeclaration", "identifier", "SOLUTION", "cardinality", "single", "baseType", "identifier")
		w.open("defaultValue")
		w.leaf("value", "shown")
		w.close("defaultValue")
		w.close("outcomeDeclaration")
	}
	w.WriteByte('\n')
}

func (w *qtiWriter) interaction(it *Item) {
	switch it.Kind {
	case grading.Single, grading.Multiple:
		most := "1"
		if it.Kind == grading.Multiple {
			most = fmt.Sprint(it.rights())
		}
		w.open("choiceInteraction", "responseIdentifier", "RESPONSE", "shuffle", "true", "maxChoices", most)
		for i, c := range it.Choices {
			w.leaf("simpleChoice", lineHTML(c.Text), "identifier", letter(i))
		}
		w.close("choiceInteraction")
	case grading.Number, grading.Text:
		w.WriteString("<p>")
		w.empty("textEntryInteraction", "responseIdentifier", "RESPONSE", "expectedLength", "20")
		w.WriteString("</p>")
	case grading.Order:
		w.open("orderInteraction", "responseIdentifier", "RESPONSE", "shuffle", "true")
		for i, e := range it.Entries {
			w.leaf("simpleChoice", lineHTML(e), "identifier", letter(i))
		}
		w.close("orderInteraction")
	case grading.Match:
		w.open("matchInteraction", "responseIdentifier", "RESPONSE", "shuffle", "true", "maxAssociations", fmt.Sprint(len(it.Pairs)))
		for side, name := range []string{"L", "R"} {
			w.open("simpleMatchSet")
			for i, p := range it.Pairs {
				text := p.Left
				if side == 1 {
					text = p.Right
				}
				w.leaf("simpleAssociableChoice", lineHTML(text), "identifier", fmt.Sprintf("%s%d", name, i+1), "matchMax", "1")
			}
			w.close("simpleMatchSet")
		}
		w.close("matchInteraction")
	}
}

// processing writes how a response is scored: 1 when all of it is right.
func (w *qtiWriter) processing(it *Item) {
	w.open("responseProcessing")
	if it.Kind == grading.Text {
		w.open("setOutcomeValue", "identifier", "SCORE")
		w.empty("mapResponse", "identifier", "RESPONSE")
		w.close("setOutcomeValue")
		w.close("responseProcessing")
		return
	}
	w.open("responseCondition")
	w.open("responseIf")
	test, attrs := "match", []string(nil)
	if it.Kind == grading.Number {
		test, attrs = "equal", []string{"toleranceMode", "absolute", "tolerance", it.Tolerance + " " + it.Tolerance}
	}
	w.open(test, attrs...)
	w.empty("variable", "identifier", "RESPONSE")
	w.empty("correct", "identifier", "RESPONSE")
	w.close(test)
	w.score("1")
	w.close("responseIf")
	w.open("responseElse")
	w.score("0")
	w.close("responseElse")
	w.close("responseCondition")
	if len(it.Choices) > 0 {
		w.open("setOutcomeValue", "identifier", "FEEDBACK")
		w.empty("variable", "identifier", "RESPONSE")
		w.close("setOutcomeValue")
	}
	w.close("responseProcessing")
	w.WriteByte('\n')
}

func (w *qtiWriter) score(s string) {
	w.open("setOutcomeValue", "identifier", "SCORE")
	w.leaf("baseValue", s, "baseType", "float")
	w.close("setOutcomeValue")
}

func (w *qtiWriter) feedback(it *Item) {
	show := func(outcome, id, md string) {
		if md == "" {
			return
		}
		html := toHTML(md)
		w.open("modalFeedback", "outcomeIdentifier", outcome, "identifier", id, "showHide", "show")
		if w.v.kebab {
			w.leaf("contentBody", html)
		} else {
			w.WriteString(html)
		}
		w.close("modalFeedback")
		w.WriteByte('\n')
	}
	for i, c := range it.Choices {
		show("FEEDBACK", letter(i), c.Why)
	}
	show("SOLUTION", "shown", it.Rationale)
}
