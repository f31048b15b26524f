package progress

import (
	"html/template"
	"regexp"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/quizzes"
)

// New makes a Service over a bank of questions and cases. book gives the codebook in force and is called for every grading.
func New(st Storage, bank *quizzes.Bank, book func() *codebook.Book, opts Options) *Service {
	return NewWithContent(st, FromBank(bank), book, opts)
}

// SetContent makes the service use another bank from the next call on; calls under way finish with the one they began with.
func (s *Service) SetContent(bank *quizzes.Bank) { s.SwapContent(FromBank(bank)) }

// FromBank gives a bank as Content.
func FromBank(bank *quizzes.Bank) Content {
	c := &bankContent{Bank: bank, items: map[ItemKind]map[string]Item{KindQuestion: {}, KindCase: {}}, sorted: map[ItemKind][]Item{}, inArea: map[string][]Item{}}
	for _, q := range bank.Questions() {
		it := itemOfQuestion(q)
		c.add(it)
		c.inArea[q.Area] = append(c.inArea[q.Area], it)
	}
	for _, k := range bank.Cases() {
		c.add(itemOfCase(k))
	}
	byID := func(x, y Item) int { return strings.Compare(x.ID, y.ID) }
	for _, list := range c.sorted {
		slices.SortFunc(list, byID)
	}
	for _, list := range c.inArea {
		slices.SortFunc(list, byID)
	}
	return c
}

func itemOfQuestion(q *quizzes.Question) Item {
	return Item{
		Kind: KindQuestion, ID: q.ID, Title: q.ID, Areas: []string{q.Area}, ShownHash: q.ShownHash, KeyHash: q.KeyHash, Source: q.Source,
		Difficulty: q.Difficulty, Question: &q.Key, Cited: len(q.Cites) > 0, Reviewed: q.Reviewed,
	}
}

func itemOfCase(k *quizzes.Case) Item {
	return Item{
		Kind: KindCase, ID: k.ID, Title: k.Title, Areas: k.Areas, ShownHash: k.ShownHash, KeyHash: k.KeyHash, Source: k.Source,
		Difficulty: k.Difficulty, Case: &k.Key, Cited: citedKey(&k.Key), Reviewed: k.Reviewed,
	}
}

// citedKey reports whether every line of a key that counts names its rule.
func citedKey(k *grading.Key) bool {
	n := 0
	for _, d := range k.Diagnoses {
		if d.Weight != grading.Optional {
			n++
			if len(d.Cites) == 0 {
				return false
			}
		}
	}
	for _, p := range k.Procedures {
		if !p.Optional {
			n++
			if len(p.Cites) == 0 {
				return false
			}
		}
	}
	return n > 0
}

// bankContent is made once for a bank, so that looking an item up is one step.
type bankContent struct {
	*quizzes.Bank
	items  map[ItemKind]map[string]Item
	sorted map[ItemKind][]Item
	inArea map[string][]Item
}

func (c *bankContent) add(it Item) {
	c.items[it.Kind][it.ID] = it
	c.sorted[it.Kind] = append(c.sorted[it.Kind], it)
}

func (c *bankContent) Item(kind ItemKind, id string) (Item, bool) {
	it, ok := c.items[kind][id]
	return it, ok
}

func (c *bankContent) Items(kind ItemKind) []Item { return c.sorted[kind] }

func (c *bankContent) InArea(area string) []Item { return c.inArea[area] }

func (c *bankContent) Read(kind ItemKind, body, area string) (Item, bool) {
	if kind == KindCase {
		k, err := c.ReadCase(body)
		if err != nil {
			return Item{}, false
		}
		return itemOfCase(k), true
	}
	q, err := c.ReadQuestion(body, area, 0)
	if err != nil {
		return Item{}, false
	}
	return itemOfQuestion(q), true
}

// tags are those of HTML that came of markdown, where a "<" of the text is written as an entity.
var tags = regexp.MustCompile(`<[^>]*>`)

// Words counts what a person reads of an item: of a question stem and entries, of a case the chart; 0 for what is not there.
func (c *bankContent) Words(kind ItemKind, id string) int {
	if kind == KindCase {
		k, err := c.Case(id)
		if err != nil {
			return 0
		}
		return len(strings.Fields(k.Chart.Text()))
	}
	q, err := c.Question(id)
	if err != nil {
		return 0
	}
	n, p := len(strings.Fields(q.Stem.Text())), q.Public()
	for _, list := range [][]template.HTML{p.Options, p.Entries, p.Left} {
		for _, h := range list {
			n += len(strings.Fields(tags.ReplaceAllString(string(h), " ")))
		}
	}
	return n
}

func (c *bankContent) AreaTitle(area string) (string, bool) {
	return quizzes.AreaTitle(area), quizzes.ValidArea(area)
}

func (c *bankContent) Areas() []string {
	ids := make([]string, len(quizzes.Areas))
	for i, a := range quizzes.Areas {
		ids[i] = a.ID
	}
	return ids
}
