package interchange

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"crosswalk/grading"
)

// QTI 2.1, 2.2 and 3.0 (1EdTech, "Question and Test Interoperability"). The three differ in the names of elements, which parseXML evens out.

// interactions are the kinds of interaction and what reads each; nil for one that cannot be taken.
func interactions() map[string]func(*found, *node, *qtiItem) []*found {
	return map[string]func(*found, *node, *qtiItem) []*found{
		"choiceInteraction": qtiChoice, "inlineChoiceInteraction": qtiChoice, "hottextInteraction": qtiHottext, "matchInteraction": qtiMatch, "associateInteraction": qtiMatch,
		"gapMatchInteraction": qtiGapMatch, "orderInteraction": qtiOrder, "textEntryInteraction": qtiText, "sliderInteraction": qtiText,
		"extendedTextInteraction": nil, "uploadInteraction": nil, "hotspotInteraction": nil, "selectPointInteraction": nil, "graphicOrderInteraction": nil,
		"graphicAssociateInteraction": nil, "graphicGapMatchInteraction": nil, "positionObjectInteraction": nil, "drawingInteraction": nil, "mediaInteraction": nil,
		"customInteraction": nil, "portableCustomInteraction": nil, "endAttemptInteraction": nil,
	}
}

func readQTI(s *source) ([]*found, []Note, error) {
	if s.zip == nil {
		root, err := parseXML(s.text)
		if err != nil {
			return nil, nil, err
		}
		if root.name != "assessmentItem" {
			return nil, nil, fmt.Errorf("the file holds <%s> and no item: give the whole package", clip(root.name, 40))
		}
		return readQTIItem(root, s.name, nil), nil, nil
	}
	order, meta, err := qtiManifest(s.zip)
	if err != nil {
		return nil, nil, err
	}
	out, err := s.zip.items(order, "assessmentItem", func(root *node, name string) []*found { return readQTIItem(root, name, meta[name]) })
	return out, nil, err
}

// qtiManifest gives the XML files of a package, those of the manifest first and in its order, and the tags that the manifest has for each.
func qtiManifest(z *archive) (order []string, tags map[string][]string, err error) {
	tags = map[string][]string{}
	for _, name := range z.names {
		if path.Base(name) != "imsmanifest.xml" {
			continue
		}
		b, err := z.read(name)
		if err != nil {
			return nil, nil, err
		}
		root, err := parseXML(b)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", clip(name, 80), err)
		}
		for _, r := range root.find("resource") {
			file := path.Join(path.Dir(name), r.attrs["href"])
			if z.files[file] == nil || slices.Contains(order, file) {
				continue
			}
			order = append(order, file)
			for _, k := range r.find("keyword") {
				tags[file] = append(tags[file], k.words())
			}
			for _, d := range r.find("difficulty") {
				tags[file] = append(tags[file], "difficulty: "+d.child("value").words())
			}
		}
	}
	for _, name := range z.names {
		if strings.EqualFold(path.Ext(name), ".xml") && path.Base(name) != "imsmanifest.xml" && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	order = slices.DeleteFunc(order, func(name string) bool { return !strings.EqualFold(path.Ext(name), ".xml") })
	return order, tags, nil
}

// qtiItem is an item under way.
type qtiItem struct {
	root, body *node
	shown      []*node // interactions
	gap        bool    // the stem has a line in the place of its interaction
}

func readQTIItem(root *node, place string, tags []string) []*found {
	f := foundItem("%s", clip(place, 80))
	f.ID = root.attrs["identifier"]
	f.setTags(tags)
	if root.tooLarge() {
		return []*found{f.refuse("it has more than %d elements", maxItem)}
	}
	it := &qtiItem{root: root, body: root.child("itemBody")}
	known := interactions()
	var walk func(*node)
	walk = func(n *node) {
		for _, k := range n.kids {
			if _, ok := known[k.name]; ok {
				it.shown = append(it.shown, k)
				continue
			}
			walk(k)
		}
	}
	walk(it.body)
	if len(it.shown) == 0 {
		f.Stem = f.html(it.body.markup(nil))
		return []*found{f.refuse("it asks nothing")}
	}
	if len(root.find("assessmentStimulusRef")) > 0 {
		f.notes.dropped("a stimulus that stands in another file")
	}
	if f.tooMany(len(it.shown), len(root.words())) {
		f.Stem = fromPlain(clip(it.body.words(), 80))
		return []*found{f}
	}
	var out []*found
	for i, n := range it.shown {
		one := f.part(i, len(it.shown))
		if len(it.shown) > 1 {
			one.notes.changed("an item with several interactions is a question for each of them, %d of %d", i+1, len(it.shown))
		}
		it.gap = false
		one.Stem = one.html(it.stem(n))
		if it.gap {
			one.notes.changed("the answer goes into a gap of the text, which is marked by a line")
		}
		one.Rationale = one.html(it.rationale())
		read := known[n.name]
		if read == nil {
			out = append(out, one.refuse("interactions of the kind %s cannot be taken", n.name))
			continue
		}
		out = append(out, read(one, n, it)...)
	}
	return out
}

// inline are the interactions that stand within a line.
var inline = []string{"textEntryInteraction", "inlineChoiceInteraction"}

// stem is the text of the item as it is for one of its interactions: a line in its place where it stands in a sentence, its prompt where it does not.
func (it *qtiItem) stem(own *node) string {
	known := interactions()
	replace := func(n *node) (string, bool) {
		if alone := onlyChild(n); alone == own && slices.Contains(inline, own.name) {
			return "", true
		}
		_, interaction := known[n.name]
		switch {
		case n.name == "feedbackInline", n.name == "feedbackBlock", n.name == "rubricBlock", n.name == "templateInline", n.name == "templateBlock", n.name == "printedVariable":
			return "", true
		case !interaction:
			return "", false
		case n == own && slices.Contains(inline, n.name):
			it.gap = true
			return "_____", true
		case slices.Contains(inline, n.name):
			return "(…)", true
		case n != own:
			return "", true
		}
		return "<div>" + n.child("prompt").markup(nil) + "</div>" + ownText(n), true
	}
	return it.body.markup(replace)
}

// onlyChild is the element that is all there is in another, or nil.
func onlyChild(n *node) *node {
	var only *node
	for _, k := range n.kids {
		switch {
		case k.name == "" && strings.TrimSpace(k.text) == "":
		case only != nil || k.name == "":
			return nil
		default:
			only = k
		}
	}
	return only
}

// ownText is the text that an interaction holds besides its prompt: that of hot text, with what may be chosen set bold, and that of gaps, numbered.
func ownText(n *node) string {
	if n.name != "hottextInteraction" && n.name != "gapMatchInteraction" {
		return ""
	}
	gaps := 0
	return n.markup(func(k *node) (string, bool) {
		switch k.name {
		case "prompt", "gapText", "gapImg":
			return "", true
		case "hottext":
			return "<b>" + k.markup(nil) + "</b>", true
		case "gap":
			gaps++
			return fmt.Sprintf("(gap %d)", gaps), true
		}
		return "", false
	})
}

// rationale is the feedback that is for no single option.
func (it *qtiItem) rationale() string {
	var b strings.Builder
	own := map[string]bool{}
	for _, name := range []string{"simpleChoice", "inlineChoice", "hottext"} {
		for _, c := range it.body.find(name) {
			own[c.attrs["identifier"]] = true
		}
	}
	for _, m := range append(it.body.find("feedbackBlock"), it.root.children("modalFeedback")...) {
		if !own[m.attrs["identifier"]] {
			b.WriteString("<div>" + m.markup(nil) + "</div>")
		}
	}
	return b.String()
}

// why is the feedback for one option.
func (it *qtiItem) why(choice *node) string {
	var b strings.Builder
	for _, m := range choice.find("feedbackInline") {
		b.WriteString(m.markup(nil))
	}
	for _, m := range it.root.children("modalFeedback") {
		if m.attrs["identifier"] == choice.attrs["identifier"] && choice.attrs["identifier"] != "" {
			b.WriteString("<div>" + m.markup(nil) + "</div>")
		}
	}
	return b.String()
}

// answer is the declaration of an interaction's response.
type answer struct {
	cardinality, base string
	correct           []string
	mapped            map[string]float64
	keys              []string // of mapped, in order
}

func (it *qtiItem) answer(n *node) answer {
	a := answer{mapped: map[string]float64{}}
	for _, d := range it.root.children("responseDeclaration") {
		if d.attrs["identifier"] != n.attrs["responseIdentifier"] {
			continue
		}
		a.cardinality, a.base = d.attrs["cardinality"], d.attrs["baseType"]
		for _, v := range d.child("correctResponse").children("value") {
			a.correct = append(a.correct, strings.Join(strings.Fields(v.words()), " "))
		}
		for _, m := range d.child("mapping").children("mapEntry") {
			key := strings.Join(strings.Fields(m.attrs["mapKey"]), " ")
			a.keys = append(a.keys, key)
			a.mapped[key] = number(m.attrs["mappedValue"])
		}
	}
	if len(a.correct) == 0 {
		for _, k := range a.keys {
			if a.mapped[k] > 0 {
				a.correct = append(a.correct, k)
			}
		}
	}
	return a
}

func (f *found) qtiLine(n *node) string {
	return f.htmlLine(n.markup(func(k *node) (string, bool) { return "", k.name == "feedbackInline" }))
}

func qtiChoice(f *found, n *node, it *qtiItem) []*found {
	f.options(append(n.find("simpleChoice"), n.find("inlineChoice")...), it.answer(n), n, it)
	return []*found{f}
}

func qtiHottext(f *found, n *node, it *qtiItem) []*found {
	f.notes.changed("hot text is a choice among the pieces of the text, which are set bold in it")
	f.options(n.find("hottext"), it.answer(n), n, it)
	return []*found{f}
}

// options makes a choice of elements with identifiers.
func (f *found) options(ns []*node, a answer, n *node, it *qtiItem) {
	f.Kind = grading.Single
	if a.cardinality == "multiple" || a.cardinality == "" && n.attrs["maxChoices"] != "1" && n.attrs["maxChoices"] != "" {
		f.Kind = grading.Multiple
	}
	seen := map[string]bool{}
	for _, c := range ns {
		id := c.attrs["identifier"]
		if seen[id] {
			f.refuse("two of its options have the identifier %q", clip(id, 40))
			return
		}
		seen[id] = true
	}
	var cs []Choice
	for _, c := range ns {
		cs = append(cs, Choice{f.qtiLine(c), slices.Contains(a.correct, c.attrs["identifier"]), f.html(it.why(c))})
	}
	f.setChoices(cs)
}

func qtiOrder(f *found, n *node, it *qtiItem) []*found {
	f.Kind = grading.Order
	choices := n.find("simpleChoice")
	a := it.answer(n)
	for _, id := range a.correct {
		for _, c := range choices {
			if c.attrs["identifier"] == id {
				f.Entries = append(f.Entries, f.qtiLine(c))
			}
		}
	}
	if len(f.Entries) < len(choices) {
		f.notes.dropped("the entries that have no place in the right order: %d", len(choices)-len(f.Entries))
	}
	return []*found{f}
}

// qtiMatch reads a match of two columns, and an association, whose pairs have no side.
func qtiMatch(f *found, n *node, it *qtiItem) []*found {
	f.Kind = grading.Match
	if n.name == "associateInteraction" {
		f.notes.changed("pairs of equal standing are a match of two columns")
	}
	texts := map[string]string{}
	sets := n.find("simpleMatchSet")
	for _, c := range n.find("simpleAssociableChoice") {
		texts[c.attrs["identifier"]] = f.qtiLine(c)
	}
	paired := map[string]bool{}
	for _, v := range it.answer(n).correct {
		l, r, ok := strings.Cut(v, " ")
		if !ok || texts[l] == "" || texts[r] == "" {
			return []*found{f.refuse("its key names a pair %q that is not there", clip(v, 40))}
		}
		f.Pairs = append(f.Pairs, Pair{texts[l], texts[r]})
		paired[l], paired[r] = true, true
	}
	var extra []string
	for i, s := range sets {
		for _, c := range s.children("simpleAssociableChoice") {
			switch {
			case paired[c.attrs["identifier"]]:
			case i == 0:
				f.notes.dropped("the entry %q, which matches nothing", clip(linePlain(texts[c.attrs["identifier"]]), 60))
			default:
				extra = append(extra, texts[c.attrs["identifier"]])
			}
		}
	}
	return f.splitMatch(extra)
}

func qtiGapMatch(f *found, n *node, it *qtiItem) []*found {
	f.Kind = grading.Match
	f.notes.changed("texts to be put into gaps are a match of gaps and texts")
	texts := map[string]string{}
	var extra []string
	for _, g := range n.children("gapText") {
		texts[g.attrs["identifier"]] = f.qtiLine(g)
	}
	for i, gap := range n.find("gap") {
		for _, v := range it.answer(n).correct {
			if text, to, ok := strings.Cut(v, " "); ok && to == gap.attrs["identifier"] {
				f.Pairs = append(f.Pairs, Pair{fmt.Sprintf("Gap %d", i+1), texts[text]})
			}
		}
	}
	for _, g := range n.children("gapText") {
		extra = append(extra, texts[g.attrs["identifier"]])
	}
	return f.splitMatch(extra)
}

func qtiText(f *found, n *node, it *qtiItem) []*found {
	a := it.answer(n)
	if a.base == "integer" || a.base == "float" || n.name == "sliderInteraction" {
		return []*found{f.qtiNumber(a, n, it)}
	}
	f.Kind = grading.Text
	texts, best := slices.Clone(a.correct), 0.0
	for _, v := range a.mapped {
		best = max(best, v)
	}
	for _, k := range a.keys {
		switch {
		case a.mapped[k] >= best && best > 0:
			texts = append(texts, k)
		case !slices.Contains(texts, k):
			f.notes.dropped("an answer that earned part of the points or none")
		}
	}
	f.setTexts(texts)
	return []*found{f}
}

func (f *found) qtiNumber(a answer, n *node, it *qtiItem) *found {
	f.Kind = grading.Number
	if len(a.correct) == 0 {
		return f.refuse("it has no number as its answer")
	}
	if len(a.correct) > 1 {
		f.notes.dropped("a further answer to a question for a number")
	}
	tolerance := "0"
	for _, e := range it.root.child("responseProcessing").find("equal") {
		about := slices.ContainsFunc(e.children("variable"), func(v *node) bool { return v.attrs["identifier"] == n.attrs["responseIdentifier"] })
		if ts := strings.Fields(e.attrs["tolerance"]); about && len(ts) > 0 {
			tolerance = ts[len(ts)-1]
			if e.attrs["toleranceMode"] == "relative" {
				f.notes.changed("the tolerance of %s per cent is left out: enter it as a number", tolerance)
				tolerance = "0"
			}
		}
	}
	if !f.setNumber(a.correct[0], tolerance) {
		return f.refuse("its answer %q is no number", clip(a.correct[0], 40))
	}
	return f
}
