package interchange

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/internal/testkit"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

const soundItem = `<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q"><responseDeclaration identifier="R" cardinality="single" baseType="identifier"><correctResponse><value>a</value></correctResponse></responseDeclaration>` +
	`<itemBody><choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>x</prompt><simpleChoice identifier="a">yes</simpleChoice><simpleChoice identifier="b">no</simpleChoice></choiceInteraction></itemBody></assessmentItem>`

// TestHostile shows what is refused, and that the message says why.
func TestHostile(t *testing.T) {
	many := []string{"q.xml", soundItem}
	for i := range maxEntries {
		many = append(many, fmt.Sprintf("f%d.txt", i), "")
	}
	deep := strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200)
	lol := `<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz><question type="essay"><name><text>&b;</text></name></question></quiz>`
	link := zipOf(t, func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }, "q.xml", "/etc/passwd")
	device := zipOf(t, func(h *zip.FileHeader) { h.SetMode(fs.ModeNamedPipe | 0o600) }, "q.xml", "")
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"a path out of the folder", zipOf(t, nil, "../../evil.xml", soundItem), "leads out of its folder"},
		{"a path out of the folder, in the middle", zipOf(t, nil, "a/../../evil.xml", soundItem), "leads out of its folder"},
		{"an absolute name", zipOf(t, nil, "/etc/q.xml", soundItem), "no plain name"},
		{"a drive", zipOf(t, nil, "C:/q.xml", soundItem), "no plain name"},
		{"a backslash", zipOf(t, nil, `..\q.xml`, soundItem), "no plain name"},
		{"a link", link, "has a link"},
		{"a pipe", device, "neither a file nor a folder"},
		{"an archive in it", zipOf(t, nil, "q.xml", soundItem, "more.ZIP", "x"), "another archive"},
		{"an archive in it that is called XML", zipOf(t, nil, "q.xml", string(zipOf(t, nil, "a", "b"))), "another archive"},
		{"two of one name", zipOf(t, nil, "q.xml", soundItem, "q.xml", soundItem), "twice"},
		{"too many entries", zipOf(t, nil, many...), "entries"},
		{"a bomb", zipOf(t, nil, "q.xml", strings.Repeat(" ", 4<<20)), "times as large"},
		{"a file too large", zipOf(t, nil, "q.xml", strings.Repeat("0123456789abcdef", (maxEntry>>4)+1)), "MB unpacked"},
		{"encrypted", zipOf(t, func(h *zip.FileHeader) { h.Flags |= 1 }, "q.xml", soundItem), "encrypted"},
		{"entities of its own", []byte(lol), "declares entities"},
		{"an entity of a file", []byte(`<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question>&x;</question></quiz>`), "declares entities"},
		{"entities in a package", zipOf(t, nil, "q.xml", strings.Replace(soundItem, "<assess", `<!DOCTYPE a [<!ENTITY x "y">]><assess`, 1)), "declares entities"},
		{"entities in a manifest", zipOf(t, nil, "q.xml", soundItem, "imsmanifest.xml", `<!DOCTYPE a [<!ENTITY x "y">]><manifest/>`), "declares entities"},
		{"nested too deeply", []byte("<quiz>" + deep + "</quiz>"), "nested more than"},
	} {
		_, err := importBytes(c.file, ImportOptions{Name: "x", Area: "em", CodeYear: 2026})
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want it refused with %q", c.name, err, c.want)
		}
	}
	if _, err := Import(strings.NewReader("x"), MaxFile+1, ImportOptions{}); !errors.Is(err, ErrRefused) {
		t.Errorf("a file over the limit: %v", err)
	}
}

// TestLyingArchive shows that what an archive says of its files is not believed: the size in the directory is made small.
func TestLyingArchive(t *testing.T) {
	b := zipOf(t, nil, "q.xml", soundItem+strings.Repeat(" ", 8<<20))
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[at+24:], 1000)
	if _, err := importBytes(b, ImportOptions{Name: "x", Area: "em", CodeYear: 2026}); err == nil {
		t.Error("an archive whose directory lies about a size was read")
	}
}

// TestUnknown shows what is said of files of other kinds.
func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       error
	}{
		{"prose", "Dear learner, this is a letter.", ErrUnknown},
		{"other XML", "<?xml version='1.0'?><html><body/></html>", ErrUnknown},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", ErrUnknown},
		{"a package without items", string(zipOf(t, nil, "a.xml", "<a/>", "b.png", "x")), ErrUnknown},
		{"no area", "A question {=yes}", ErrNoArea},
	} {
		if _, err := importBytes([]byte(c.file), ImportOptions{Name: "x", CodeYear: 2026}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := importBytes([]byte("  \n"), ImportOptions{Name: "x"}); err == nil {
		t.Error("an empty file was read")
	}
}

// TestIDs shows that an id that is in use is not used again, and neither is the name of a file.
func TestIDs(t *testing.T) {
	bank, problems := quizzes.Load(fstest.MapFS{"bank/em/my-file.md": {Data: []byte("---\narea: em\ncode_year: 2026\n---\n\n## em-a {difficulty=2 cites=\"IV.A\"}\n\nWhich one?\n\n- [x] This\n  > Yes.\n- [ ] That\n  > No.\n\n> It is.\n")}}, markdown.New(nil, nil), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	in, err := importBytes([]byte("::em-a:: x {=y}\n\n::em-a:: z {=y}\n\n::42:: z {=y}"), ImportOptions{Name: "My file.gift", Area: "em", CodeYear: 2026, Beside: bank})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range in.Report.Items {
		got = append(got, l.ID)
	}
	if want := "em-a-2 em-a-3 em-my-file-3"; strings.Join(got, " ") != want {
		t.Errorf("ids %v, want %s", got, want)
	}
	if got := in.Files[0].Path; got != "quizzes/bank/em/my-file-2.md" {
		t.Errorf("the questions go into %s, where others are", got)
	}
}

// TestGrowing shows that a small file cannot grow into a very large one: what is said once there would stand in each of many questions or options here.
func TestGrowing(t *testing.T) {
	text := strings.Repeat("word ", 20_000)
	var gaps, blanks, same, pairs, labels, shows strings.Builder
	for i := range 150 {
		fmt.Fprintf(&gaps, `<p><textEntryInteraction responseIdentifier="R%d"/></p>`, i)
		fmt.Fprintf(&blanks, `<response_lid ident="b%d"><material><mattext>b</mattext></material></response_lid>`, i)
		fmt.Fprintf(&same, `<simpleChoice identifier="a">option %d</simpleChoice>`, i)
		fmt.Fprintf(&pairs, "=left %d -> right %d ", i, i%2)
		fmt.Fprintf(&labels, `<response_label ident="l%d"><material><mattext>option %d</mattext></material></response_label>`, i, i)
		fmt.Fprintf(&shows, `<respcondition><conditionvar><varequal respident="r">l%d</varequal></conditionvar><displayfeedback linkrefid="fb"/></respcondition>`, i)
	}
	field := func(kind string) string {
		return `<questestinterop><item ident="i"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>` + kind + `</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>`
	}
	for _, c := range []struct{ name, file, want string }{
		{"interactions", `<assessmentItem identifier="q"><itemBody><p>` + text + `</p>` + gaps.String() + `</itemBody></assessmentItem>`, "it would become 150 questions"},
		{"many interactions", `<assessmentItem identifier="q"><itemBody><p>x</p>` + gaps.String() + gaps.String() + `</itemBody></assessmentItem>`, "it would become 300 questions"},
		{"options of one identifier", `<assessmentItem identifier="q"><itemBody><choiceInteraction responseIdentifier="R"><prompt>x</prompt>` + same.String() + `</choiceInteraction></itemBody><modalFeedback identifier="a">` + text + `</modalFeedback></assessmentItem>`, `two of its options have the identifier "a"`},
		{"blanks", field("fill_in_multiple_blanks_question") + `<presentation><material><mattext>` + text + `</mattext></material>` + blanks.String() + `</presentation></item></questestinterop>`, "it would become 150 questions"},
		{"one feedback for all", field("multiple_choice_question") + `<presentation><material><mattext>x</mattext></material><response_lid ident="r"><render_choice>` + labels.String() + `</render_choice></response_lid></presentation><resprocessing>` + shows.String() + `</resprocessing><itemfeedback ident="fb"><material><mattext>` + text + `</mattext></material></itemfeedback></item></questestinterop>`, "its texts have more than 512 kB"},
		{"partners", text + "{" + pairs.String() + "}", "it would become 150 questions"},
	} {
		in, err := importBytes([]byte(c.file), ImportOptions{Name: "x", Area: "em", CodeYear: 2026})
		if err != nil || len(in.Report.Items) != 1 || in.Report.Dropped != 1 || !strings.Contains(in.Report.Text(), c.want) {
			t.Errorf("%s: %v, want one item that is left out with %q: %.300s", c.name, err, c.want, in.Report.Text())
		}
	}
	for name, file := range map[string]string{
		"GIFT":   strings.Repeat("x {=y}\n\n", MaxItems+1),
		"Moodle": "<quiz>" + strings.Repeat(`<question type="essay"/>`, MaxItems+1) + "</quiz>",
		"Canvas": "<questestinterop>" + strings.Repeat("<item/>", MaxItems+1) + "</questestinterop>",
	} {
		if _, err := importBytes([]byte(file), ImportOptions{Name: "x", Area: "em", CodeYear: 2026}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s with too many questions: %v", name, err)
		}
	}
}

// TestSlowTexts shows that texts made to take long are read in no time: each would take hours where work grew with the square of its length.
func TestSlowTexts(t *testing.T) {
	n := testkit.Times(200_000, 20_000)
	var options, pairs strings.Builder
	for i := range n / 4 {
		fmt.Fprintf(&options, "~option %d ", i%30_000)
		fmt.Fprintf(&pairs, "=left %d -> right %d ", i, i%1000)
	}
	for name, file := range map[string]string{
		"emphasis that cannot stand": "[html]" + strings.Repeat("a<b>b</b>", n) + "{=y}",
		"text in pieces":             "[html]" + strings.Repeat("a<!---->", n) + "{=y}",
		"breaks":                     "[html]" + strings.Repeat("<br> ", n) + "x{=y}",
		"a list in a list in a list": "[html]" + strings.Repeat("<ul><li>", 400) + "x{=y}",
		"elements that never end":    "[html]" + strings.Repeat("<b><i>", n) + "x{=y}",
		"brackets in markdown":       "[markdown]" + strings.Repeat("[", n) + "x{=y}",
		"quotations in markdown":     "[markdown]" + strings.Repeat(">", n) + "x{=y}",
		"lists in markdown":          "[markdown]" + strings.Repeat("- ", n) + "x{=y}",
		"stars in markdown":          "[markdown]" + strings.Repeat("*a **b ", n/8) + "x{=y}",
		"many options":               "x{=y " + options.String() + "}",
		"a match of very many":       "x{" + pairs.String() + "}",
		"a picture in the text":      `[html]<img alt="k" src="data\:image/png;base64,` + strings.Repeat("QUJD", n) + `">x{\=y}{=y}`,
		"lines":                      strings.Repeat("x\n", n) + "{=y}",
		"tags":                       "//" + strings.Repeat("[tag:x", 10) + strings.Repeat("[tag:abc]", n/8) + "\nx{=y}",
	} {
		began := time.Now()
		if _, err := importBytes([]byte(file), ImportOptions{Name: "x", Format: GIFT, Area: "em", CodeYear: 2026}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took.Round(time.Millisecond))
		}
	}
}
