package quizzes

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

type blueprintFile struct {
	ID          markdown.Line   `yaml:"id"`
	Name        markdown.Line   `yaml:"name"`
	Minutes     int             `yaml:"minutes"`
	Items       int             `yaml:"items"`
	Unscored    int             `yaml:"unscored"`
	Pass        passFile        `yaml:"pass"`
	Navigation  markdown.Line   `yaml:"navigation"`
	Book        markdown.Line   `yaml:"book"`
	Feedback    markdown.Line   `yaml:"feedback"`
	WarnMinutes []int           `yaml:"warn_minutes"`
	Breaks      *breaksFile     `yaml:"breaks"`
	Areas       []areaCount     `yaml:"areas"`
	Domains     []domainFile    `yaml:"domains"`
	Kinds       []markdown.Line `yaml:"kinds"`
	Groups      keyed           `yaml:"groups"`
	Settings    keyed           `yaml:"settings"`
	Difficulty  keyed           `yaml:"difficulty"`
	Charts      *chartsFile     `yaml:"charts"`
	Questions   []markdown.Line `yaml:"questions"`
	Shuffle     bool            `yaml:"shuffle"`
	Serves      *spanFile       `yaml:"serves"`
}

type passFile struct {
	Percent    int   `yaml:"percent"`
	Scaled     int   `yaml:"scaled"`
	Of         []int `yaml:"of"`
	RawPercent int   `yaml:"raw_percent"`
}

type spanFile struct {
	From markdown.Line `yaml:"from"`
	To   markdown.Line `yaml:"to"`
}

type breaksFile struct {
	Count   int  `yaml:"count"`
	Minutes int  `yaml:"minutes"`
	Lock    bool `yaml:"lock"`
}

type areaCount struct {
	ID    markdown.Line `yaml:"id"`
	Count int           `yaml:"count"`
}

type domainFile struct {
	Name  markdown.Line   `yaml:"name"`
	Share int             `yaml:"share"`
	Areas []markdown.Line `yaml:"areas"`
}

type chartsFile struct {
	Count    int             `yaml:"count"`
	Weight   *int            `yaml:"weight"`
	Areas    []markdown.Line `yaml:"areas"`
	Settings keyed           `yaml:"settings"`
	Cases    []markdown.Line `yaml:"cases"`
}

// keyed is a mapping from names to whole numbers, in the order of the file.
type keyed []struct {
	key   markdown.Line
	value int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *keyed) UnmarshalYAML(n *yaml.Node) error {
	var values map[string]int
	if err := n.Decode(&values); err != nil {
		return err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		*s = append(*s, struct {
			key   markdown.Line
			value int
		}{markdown.Line{Text: key.Value, At: key.Line}, values[key.Value]})
	}
	return nil
}

// longestExam is how many items an exam may have.
const longestExam = 1000

// ParseBlueprint reads the YAML of a blueprint. name stands for the file in problems, which all come back together. The blueprint is nil when
// one of them is an error. What needs the bank (whether questions exist, whether there are enough) is for Bank.CheckBlueprint.
func ParseBlueprint(src []byte, name string) (*Blueprint, []markdown.Problem) {
	return parseBlueprint(src, name, false)
}

// parseBlueprint is ParseBlueprint; a file of the content is also named for its id.
func parseBlueprint(src []byte, name string, content bool) (*Blueprint, []markdown.Problem) {
	p := blueprintParser{ps: &markdown.Problems{File: name}}
	p.ps.Add(markdown.DecodeYAML(src, name, &p.f)...)
	f, ps := &p.f, p.ps
	p.bp = &Blueprint{ID: f.ID.Text, Name: f.Name.Text, Minutes: f.Minutes, Items: f.Items, Unscored: f.Unscored, Navigation: f.Navigation.Text,
		Book: f.Book.Text, Feedback: f.Feedback.Text, WarnMinutes: slices.Clone(f.WarnMinutes), ByDomain: len(f.Domains) > 0, Shuffle: f.Shuffle,
		File: name, lines: map[string]int{}}
	p.head(content)
	p.charts()
	p.breaks()
	p.questions()
	if p.items() {
		p.slots()
		p.rules()
	}
	if len(markdown.Errors(ps.List)) > 0 {
		return nil, ps.List
	}
	return p.bp, ps.List
}

type blueprintParser struct {
	bp *Blueprint
	f  blueprintFile
	ps *markdown.Problems
}

func (p *blueprintParser) head(content bool) {
	bp, f, ps := p.bp, &p.f, p.ps
	if !validID(bp.ID) {
		ps.Errorf(at(f.ID), "bad-id", "the id %q must have lower-case letters, digits and hyphens only", bp.ID)
	} else if strings.HasPrefix(bp.ID, drillPrefix) || strings.HasSuffix(bp.ID, halfSuffix) {
		ps.Errorf(f.ID.At, "bad-id", "the id %q is taken: %sAREA and EXAM%s are made by themselves", bp.ID, drillPrefix, halfSuffix)
	} else if name := strings.TrimSuffix(path.Base(bp.File), ".yaml"); content && name != bp.ID {
		ps.Warnf(f.ID.At, "file-name", "the file is named %s.yaml and the id is %s", name, bp.ID)
	}
	if bp.Name == "" {
		ps.Errorf(at(f.Name), "missing-key", "the exam has no name")
	}
	if bp.Minutes < 0 || bp.Minutes > 1440 {
		ps.Errorf(1, "wrong-value", "minutes lie between 0 (no limit) and 1440, not %d", bp.Minutes)
	}
	oneOf(ps, f.Navigation, "navigation", "free", "forward")
	oneOf(ps, f.Book, "book", "open", "closed")
	oneOf(ps, f.Feedback, "feedback", "each", "after", "never")
	slices.SortFunc(bp.WarnMinutes, func(a, b int) int { return b - a })
	for _, m := range bp.WarnMinutes {
		if m < 1 || m >= bp.Minutes {
			ps.Errorf(1, "wrong-value", "warn_minutes: %d is not within the %d minutes of the exam", m, bp.Minutes)
		}
	}
	p.pass(f.Pass)
	if f.Serves != nil {
		bp.Serves = p.span(*f.Serves)
	}
}

func (p *blueprintParser) span(f spanFile) (out Span) {
	for _, d := range []struct {
		line markdown.Line
		name string
		to   *codebook.Date
	}{{f.From, "from", &out.From}, {f.To, "to", &out.To}} {
		var err error
		if *d.to, err = codebook.ParseDate(d.line.Text); err != nil {
			p.ps.Errorf(at(d.line), "wrong-value", "serves, %s: %v", d.name, err)
			return Span{}
		}
	}
	if out.To.Before(out.From) {
		p.ps.Errorf(at(f.To), "wrong-value", "serves ends on %s, before it begins on %s", out.To, out.From)
	}
	return out
}

func oneOf(ps *markdown.Problems, l markdown.Line, name string, values ...string) {
	if !slices.Contains(values, l.Text) {
		ps.Errorf(at(l), "wrong-value", "%s is %s, not %q", name, strings.Join(values, " or "), l.Text)
	}
}

func (p *blueprintParser) pass(f passFile) {
	bp, ps := p.bp, p.ps
	switch {
	case f.Percent > 0 && f.Scaled == 0 && f.RawPercent == 0 && f.Of == nil:
		bp.Pass.Percent = f.Percent
	case f.Percent == 0 && len(f.Of) == 2 && f.Of[0] < f.Scaled && f.Scaled < f.Of[1] && f.RawPercent > 0:
		bp.Pass = Pass{Percent: f.RawPercent, Scaled: f.Scaled, ScaleRange: [2]int{f.Of[0], f.Of[1]}}
	default:
		ps.Errorf(1, "wrong-value", "pass is {percent: 70} or {scaled: 300, of: [100, 400], raw_percent: 70}")
	}
	if bp.Pass.Percent > 99 {
		ps.Errorf(1, "wrong-value", "a pass mark of %d per cent cannot be missed by a single item", bp.Pass.Percent)
	}
}

func (p *blueprintParser) breaks() {
	f := p.f.Breaks
	if f == nil {
		return
	}
	if f.Count < 1 || f.Count > 20 || f.Minutes < 1 || f.Minutes > 240 {
		p.ps.Errorf(1, "wrong-value", "breaks have a count of 1 to 20 and 1 to 240 minutes each, as in {count: 1, minutes: 10}")
	} else if p.bp.Minutes == 0 {
		p.ps.Errorf(1, "wrong-value", "an exam without a limit of minutes needs no breaks")
	}
	p.bp.Breaks = Breaks{Count: f.Count, Minutes: f.Minutes, Lock: f.Lock}
}

func (p *blueprintParser) charts() {
	f, ps := p.f.Charts, p.ps
	if f == nil {
		return
	}
	c := Charts{Count: f.Count, Weight: 1, Cases: p.ids(f.Cases, "charts.cases", "case")}
	if f.Weight != nil {
		c.Weight = *f.Weight
	}
	if len(c.Cases) > 0 && c.Count == 0 {
		c.Count = len(c.Cases)
	}
	if c.Count < 1 || c.Count > longestExam || c.Weight < 1 || c.Weight > 100 {
		ps.Errorf(1, "wrong-value", "charts have a count of 1 or more and a weight of 1 to 100, as in {count: 4, weight: 5}")
	}
	if len(c.Cases) > 0 && (c.Count != len(c.Cases) || len(f.Areas) > 0 || len(f.Settings) > 0) {
		ps.Errorf(at(f.Cases[0]), "wrong-value", "charts with a list of cases take no areas or settings, and their count is that of the list (%d)", len(c.Cases))
	}
	for _, a := range f.Areas {
		if !ValidArea(a.Text) {
			ps.Errorf(at(a), "unknown-area", "there is no area %q", a.Text)
		}
		c.Areas = append(c.Areas, a.Text)
	}
	c.Settings = p.shares(f.Settings, "charts.settings")
	p.bp.Charts = c
}

// ids reads a list of ids without repetitions.
func (p *blueprintParser) ids(list []markdown.Line, key, what string) (out []string) {
	for _, l := range list {
		switch {
		case !validID(l.Text):
			p.ps.Errorf(at(l), "wrong-value", "%s: %q is not the id of a %s", key, l.Text, what)
		case slices.Contains(out, l.Text):
			p.ps.Errorf(at(l), "duplicate-id", "%s: %s stands twice", key, l.Text)
		}
		out = append(out, l.Text)
		p.bp.lines[what+" "+l.Text] = at(l)
	}
	return out
}

// shares reads shares by setting.
func (p *blueprintParser) shares(list keyed, key string) (out []Share) {
	for _, s := range list {
		if s.value < 0 || s.value > 1000 || s.key.Text != "outpatient" && !slices.ContainsFunc(Settings, func(a Area) bool { return a.ID == s.key.Text }) {
			p.ps.Errorf(s.key.At, "wrong-value", "%s: %q must be outpatient or one of %s, with a share of 0 (none of these) to 1000", key, s.key.Text, settingIDs())
		}
		out = append(out, Share{s.key.Text, s.value})
	}
	if len(out) > 0 && !slices.ContainsFunc(out, func(s Share) bool { return s.Weight > 0 }) {
		p.ps.Errorf(at(list[0].key), "wrong-value", "%s: no setting has a share", key)
	}
	return out
}

func settingIDs() string { return list(Settings) }

// questions reads the fixed list.
func (p *blueprintParser) questions() {
	bp, f := p.bp, &p.f
	bp.Questions = p.ids(f.Questions, "questions", "question")
	if f.Shuffle && !bp.fixed() {
		p.ps.Errorf(1, "wrong-value", "shuffle goes with a list of questions or of charts; what is drawn is always mixed")
	}
	if len(bp.Questions) == 0 {
		return
	}
	for _, k := range []struct {
		key string
		set bool
	}{{"areas", len(f.Areas) > 0}, {"domains", len(f.Domains) > 0}, {"kinds", len(f.Kinds) > 0}, {"groups", len(f.Groups) > 0},
		{"settings", len(f.Settings) > 0}, {"difficulty", len(f.Difficulty) > 0}} {
		if k.set {
			p.ps.Errorf(at(f.Questions[0]), "wrong-value", "a list of questions leaves nothing to draw: take out %s, or the list", k.key)
		}
	}
}

// items settles how many items there are and reports whether the rest can be read by that.
func (p *blueprintParser) items() bool {
	bp := p.bp
	listed := len(bp.Questions) + bp.Charts.Count
	drawn := len(p.f.Areas)+len(p.f.Domains) > 0
	if bp.Items == 0 && !drawn {
		bp.Items = listed
	}
	switch {
	case bp.Items < 1 || bp.Items > longestExam || bp.Unscored < 0 || bp.Unscored >= bp.Items:
		p.ps.Errorf(1, "wrong-value", "items (all of them, %d) must be more than unscored (%d) and at most %d", bp.Items, bp.Unscored, longestExam)
	case !drawn && listed == 0:
		p.ps.Errorf(1, "missing-key", "an exam has areas with counts, domains with shares, a list of questions, or charts")
	case !drawn && bp.Items != listed:
		p.ps.Errorf(1, "wrong-value", "items is %d, and %d questions and %d charts are listed", bp.Items, len(bp.Questions), bp.Charts.Count)
	case drawn && bp.Items-bp.Unscored-bp.Charts.Count < 1:
		p.ps.Errorf(1, "wrong-value", "of %d items %d are unscored and %d are charts, which leaves none for the areas", bp.Items, bp.Unscored, bp.Charts.Count)
	default:
		return true
	}
	return false
}

func (p *blueprintParser) slots() {
	bp, f, ps := p.bp, &p.f, p.ps
	if len(f.Areas) > 0 && len(f.Domains) > 0 {
		ps.Errorf(1, "missing-key", "an exam has areas with counts or domains with shares, one of the two")
		return
	}
	used := map[string]bool{}
	area := func(l markdown.Line) string {
		if !ValidArea(l.Text) {
			ps.Errorf(at(l), "unknown-area", "there is no area %q", l.Text)
		}
		if used[l.Text] {
			ps.Errorf(at(l), "unknown-area", "the area %q stands twice", l.Text)
		}
		used[l.Text] = true
		return l.Text
	}
	var weights []int
	for _, a := range f.Areas {
		bp.Slots = append(bp.Slots, Slot{Name: AreaTitle(a.ID.Text), Areas: []string{area(a.ID)}})
		weights = append(weights, a.Count)
		if a.Count < 1 {
			ps.Errorf(at(a.ID), "wrong-value", "the count of %s is %d", a.ID.Text, a.Count)
		}
	}
	for _, d := range f.Domains {
		s := Slot{Name: d.Name.Text}
		for _, l := range d.Areas {
			s.Areas = append(s.Areas, area(l))
		}
		if s.Name == "" || len(s.Areas) == 0 || d.Share < 1 {
			ps.Errorf(at(d.Name), "missing-key", "a domain has a name, a share and areas")
		}
		bp.Slots = append(bp.Slots, s)
		weights = append(weights, d.Share)
	}
	total := 0
	for _, w := range weights {
		total += w
	}
	want := bp.Items - bp.Unscored - bp.Charts.Count
	switch {
	case len(f.Areas) > 0 && total != want:
		ps.Errorf(at(f.Areas[0].ID), "wrong-value", "the counts of the areas add up to %d, and the exam has %d scored items%s", total, want, besidesCharts(bp.Charts.Count))
	case bp.ByDomain && total != 100:
		ps.Errorf(at(f.Domains[0].Name), "wrong-value", "the shares of the domains add up to %d in place of 100", total)
	case total > 0:
		bp.apportion(weights)
	}
}

func besidesCharts(n int) string {
	if n == 0 {
		return ""
	}
	return " beside its " + strconv.Itoa(n) + " charts"
}

// rules reads what guides the drawing.
func (p *blueprintParser) rules() {
	bp, f, ps := p.bp, &p.f, p.ps
	for _, k := range f.Kinds {
		kind := grading.Kind(k.Text)
		if !slices.Contains(grading.Kinds(), kind) {
			ps.Errorf(at(k), "wrong-value", "kinds: there is no kind %q; there are %s", k.Text, kindNames())
		} else if !slices.Contains(bp.Kinds, kind) {
			bp.Kinds = append(bp.Kinds, kind)
		}
	}
	bp.Settings = p.shares(f.Settings, "settings")
	asked := map[string]int{} // by slot, since the areas of a domain share its items
	for _, g := range f.Groups {
		slot := bp.slotOf(g.key.Text)
		n := slot.Scored
		asked[slot.Name] += g.value
		switch {
		case n == 0:
			ps.Errorf(at(g.key), "unknown-area", "groups: %q is no area of this exam", g.key.Text)
		case g.value < 1 || 2*asked[slot.Name] > n:
			ps.Errorf(at(g.key), "wrong-value", "groups: %d charts with two questions or more do not go into the %d items of %s", asked[slot.Name], n, slot.Name)
		}
		bp.Groups = append(bp.Groups, GroupCount{g.key.Text, g.value})
	}
	if len(bp.Slots) > 0 {
		bp.Difficulty = defaultDifficulty
	}
	if len(f.Difficulty) == 0 {
		return
	}
	bp.Difficulty = Difficulty{}
	for _, d := range f.Difficulty {
		level, err := strconv.Atoi(d.key.Text)
		if err != nil || level < 1 || level > len(bp.Difficulty) || d.value < 0 || d.value > 1000 {
			ps.Errorf(at(d.key), "wrong-value", "difficulty has shares of 0 to 1000 for the levels 1 to 5, as in {2: 30, 3: 50, 4: 20}")
			continue
		}
		bp.Difficulty[level-1] = d.value
	}
	if bp.Difficulty == (Difficulty{}) {
		ps.Errorf(at(f.Difficulty[0].key), "wrong-value", "difficulty: some level needs a share above 0")
	}
}

func kindNames() string {
	var names []string
	for _, k := range grading.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
