package interchange

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crosswalk/grading"
)

// QTI 1.2 (IMS, "Question and Test Interoperability: ASI XML Binding") as Canvas writes it: the kind of a question is in its metadata, and else it is told
// by its responses.

func readCanvas(s *source) ([]*found, []Note, error) {
	if s.zip == nil {
		root, err := parseXML(s.text)
		if err != nil {
			return nil, nil, err
		}
		return canvasItems(root, s.name), nil, nil
	}
	names := slices.DeleteFunc(slices.Clone(s.zip.names), func(name string) bool {
		return !strings.EqualFold(path.Ext(name), ".xml") || path.Base(name) == "imsmanifest.xml"
	})
	out, err := s.zip.items(names, "questestinterop", canvasItems)
	return out, nil, err
}

func canvasItems(root *node, file string) []*found {
	var out []*found
	for i, n := range root.find("item") {
		if len(out) > MaxItems {
			break // read refuses the file
		}
		f := foundItem("%s, item %d, line %d", clip(file, 80), i+1, n.line)
		out = append(out, f.canvas(n)...)
	}
	return out
}

var canvasHash = regexp.MustCompile(`^[a-z]?[0-9a-f]{30,}$`)

// number reads a decimal; what is none is 0.
func number(s string) float64 {
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return 0
	}
	return x
}

// canvasItem is an item under way.
type canvasItem struct {
	root      *node
	responses []*node // response_lid, response_str, response_num
	feedback  map[string]string
}

func (f *found) canvas(n *node) []*found {
	if n.tooLarge() {
		return []*found{f.refuse("it has more than %d elements", maxItem)}
	}
	it := &canvasItem{root: n, feedback: map[string]string{}}
	kind := f.canvasMeta(n)
	if f.ID == "" && !canvasHash.MatchString(n.attrs["ident"]) {
		f.ID = n.attrs["ident"]
	}
	p := n.child("presentation")
	for _, name := range []string{"response_lid", "response_str", "response_num"} {
		it.responses = append(it.responses, p.find(name)...)
	}
	f.Stem = f.material(&node{kids: slices.DeleteFunc(slices.Clone(flows(p)), func(k *node) bool { return k.name != "material" })})
	for _, fb := range n.children("itemfeedback") {
		it.feedback[fb.attrs["ident"]] = f.material(fb)
	}
	var general []string
	for _, id := range []string{"general_fb", "correct_fb", "general_incorrect_fb"} {
		if t := it.feedback[id]; t != "" {
			general = append(general, t)
		}
	}
	f.Rationale = strings.Join(general, "\n\n")
	if kind == "" {
		kind = it.guess()
	}
	return f.canvasKey(kind, it)
}

// flows are the children of a presentation, with those of the flows in it.
func flows(n *node) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name == "flow" {
			out = append(out, flows(k)...)
		} else {
			out = append(out, k)
		}
	}
	return out
}

// canvasMeta reads the metadata of an item and gives its kind, "" for none.
func (f *found) canvasMeta(n *node) (kind string) {
	var tags []string
	for _, m := range n.child("itemmetadata").find("qtimetadatafield") {
		switch value := m.child("fieldentry").words(); m.child("fieldlabel").words() {
		case "question_type":
			kind = value
		case "crosswalk_id":
			f.ID = value
		case "crosswalk_tag":
			tags = append(tags, value)
		}
	}
	f.setTags(tags)
	return kind
}

// guess tells the kind of an item without metadata by its responses.
func (it *canvasItem) guess() string {
	switch {
	case len(it.responses) == 0:
		return "text_only_question"
	case len(it.responses) > 1:
		return "matching_question"
	case it.responses[0].name == "response_num":
		return "numerical_question"
	case it.responses[0].name == "response_str" && len(it.right(it.responses[0].attrs["ident"])) == 0:
		return "essay_question"
	case it.responses[0].name == "response_str":
		return "short_answer_question"
	case strings.EqualFold(it.responses[0].attrs["rcardinality"], "multiple"):
		return "multiple_answers_question"
	}
	return "multiple_choice_question"
}

// material reads the text of an element: HTML, or plain text where it says so.
func (f *found) material(n *node) string {
	var parts []string
	for _, t := range n.find("mattext") {
		if t.attrs["texttype"] == "text/plain" {
			parts = append(parts, fromPlain(t.raw()))
		} else {
			parts = append(parts, f.html(t.raw()))
		}
	}
	if len(n.find("matimage")) > 0 {
		f.notes.dropped("a picture or other media without a description")
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n\n")
}

func (f *found) materialLine(n *node) string { return lineFromHTML(toHTML(f.material(n)), &f.notes) }

// right are the values that earn points for a response. A value that must not be chosen stands in a <not>.
func (it *canvasItem) right(ident string) []string {
	var out []string
	for _, c := range it.root.child("resprocessing").children("respcondition") {
		if !scores(c) {
			continue
		}
		for _, v := range equals(c.child("conditionvar")) {
			if text := v.words(); v.attrs["respident"] == ident && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// scores reports whether a condition gives points.
func scores(c *node) bool {
	for _, s := range c.children("setvar") {
		if number(s.words()) > 0 {
			return true
		}
	}
	return false
}

// equals are the comparisons of a condition outside of <not>.
func equals(n *node) []*node {
	var out []*node
	for _, k := range n.kids {
		switch k.name {
		case "varequal", "varsubset":
			out = append(out, k)
		case "not":
		default:
			out = append(out, equals(k)...)
		}
	}
	return out
}

func (f *found) canvasKey(kind string, it *canvasItem) []*found {
	needs := map[string]bool{"text_only_question": true, "essay_question": true, "file_upload_question": true, "calculated_question": true}
	if len(it.responses) == 0 && !needs[kind] {
		return []*found{f.refuse("it asks nothing")}
	}
	switch kind {
	case "multiple_choice_question", "true_false_question":
		f.canvasChoices(it, it.responses[0], grading.Single)
	case "multiple_answers_question":
		f.canvasChoices(it, it.responses[0], grading.Multiple)
	case "short_answer_question":
		f.Kind = grading.Text
		f.setTexts(it.right(it.responses[0].attrs["ident"]))
	case "numerical_question":
		f.canvasNumber(it)
	case "matching_question":
		return f.canvasMatch(it)
	case "fill_in_multiple_blanks_question", "multiple_dropdowns_question":
		return f.canvasBlanks(it, kind)
	case "text_only_question":
		f.refuse("it is a description without an answer")
	case "essay_question":
		f.refuse("it is an essay, which has no key")
	default:
		f.refuse("questions of the kind %q cannot be taken", clip(kind, 40))
	}
	return []*found{f}
}

func (f *found) canvasChoices(it *canvasItem, r *node, kind grading.Kind) {
	f.Kind = kind
	right := it.right(r.attrs["ident"])
	var cs []Choice
	for _, l := range r.find("response_label") {
		id := l.attrs["ident"]
		cs = append(cs, Choice{f.materialLine(l), slices.Contains(right, id), it.feedback[it.feedbackOf(id)]})
	}
	f.setChoices(cs)
}

// feedbackOf is the name of the feedback that a condition shows for a value.
func (it *canvasItem) feedbackOf(id string) string {
	for _, c := range it.root.child("resprocessing").children("respcondition") {
		for _, v := range c.child("conditionvar").children("varequal") {
			if d := c.child("displayfeedback").attrs["linkrefid"]; v.words() == id && d != "" && d != "correct_fb" && d != "general_fb" {
				return d
			}
		}
	}
	return id + "_fb"
}

func (f *found) canvasNumber(it *canvasItem) {
	f.Kind = grading.Number
	found := 0
	for _, c := range it.root.child("resprocessing").children("respcondition") {
		if !scores(c) {
			continue
		}
		if found++; found > 1 {
			f.notes.dropped("a further answer to a question for a number")
			continue
		}
		v := c.child("conditionvar")
		low, high := cmpFirst(v, "vargte", "vargt"), cmpFirst(v, "varlte", "varlt")
		exact := equals(v)
		switch {
		case low != "" && high != "":
			if !f.setRange(low, high) {
				f.refuse("its answer from %q to %q is no range", clip(low, 40), clip(high, 40))
			}
		case len(exact) == 0 || !f.setNumber(exact[0].words(), ""):
			f.refuse("its answer is no number")
		}
	}
}

func cmpFirst(n *node, names ...string) string {
	for _, name := range names {
		if t := n.first(name).words(); t != "" {
			return t
		}
	}
	return ""
}

func (f *found) canvasMatch(it *canvasItem) []*found {
	f.Kind = grading.Match
	var extra []string
	for _, r := range it.responses {
		left := f.materialLine(&node{kids: r.children("material")})
		right := it.right(r.attrs["ident"])
		for _, l := range r.find("response_label") {
			text := lineFromPlain(linePlain(f.materialLine(l)))
			if slices.Contains(right, l.attrs["ident"]) {
				f.Pairs = append(f.Pairs, Pair{left, text})
			} else if !slices.Contains(extra, text) {
				extra = append(extra, text)
			}
		}
	}
	return f.splitMatch(extra)
}

// canvasBlanks makes a question of each blank of a text.
func (f *found) canvasBlanks(it *canvasItem, kind string) []*found {
	if f.tooMany(len(it.responses), len(f.Stem)) {
		return []*found{f}
	}
	var out []*found
	for i, r := range it.responses {
		one := f.part(i, len(it.responses))
		one.notes.changed("a text with several blanks is a question for each of them, %d of %d", i+1, len(it.responses))
		name := linePlain(one.material(&node{kids: r.children("material")}))
		one.Stem = f.Stem + "\n\n" + lineFromPlain("Which word belongs into the blank ["+name+"]?")
		if kind == "multiple_dropdowns_question" {
			one.canvasChoices(it, r, grading.Single)
		} else {
			one.Kind = grading.Text
			right := it.right(r.attrs["ident"])
			var texts []string
			for _, l := range r.find("response_label") {
				if len(right) == 0 || slices.Contains(right, l.attrs["ident"]) {
					texts = append(texts, linePlain(one.materialLine(l)))
				}
			}
			one.setTexts(texts)
		}
		out = append(out, one)
	}
	return out
}
