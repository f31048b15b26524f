package quizzes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"crosswalk/lessons/markdown"

	"github.com/yuin/goldmark/ast"
)

// digest is the SHA-256 of parts, each normalised and set apart by its length, in hexadecimal.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		n := markdown.Normalize([]byte(p))
		var size [8]byte
		for i, v := 0, len(n); i < 8; i++ {
			size[i] = byte(v >> (8 * i))
		}
		_, _ = h.Write(size[:]) // a hash never fails to write
		_, _ = h.Write(n)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashes fills the two hashes of a question. They are taken of the markdown and not of the HTML, so that a new title in the codebook
// does not make every question look revised.
func (p *questionParser) hashes(stem []ast.Node, rationale ast.Node) {
	q := p.q
	shown := []string{string(q.Kind), q.Group}
	for _, n := range stem {
		shown = append(shown, p.source(n))
	}
	for _, o := range q.Options {
		shown = append(shown, o.Text)
	}
	// The entries are shown shuffled: in which order they are right belongs to the key.
	entries := slices.Clone(p.rights)
	slices.Sort(entries)
	shown = append(append(shown, entries...), p.lefts...)
	q.ShownHash = digest(shown...)

	// The right order and pairing of entries are 0, 1, 2 ... in the key: only the entries themselves tell them.
	key := append([]string{mustJSON(q.Key), strings.Join(p.rights, "\n"), strings.Join(q.Cites, ";")}, p.whySrc...)
	if rationale != nil {
		key = append(key, p.source(rationale))
	}
	q.KeyHash = digest(key...)
}

// hashes fills the two hashes of a case. body is the chart as it stands in the file.
func (c *Case) hashes(body []byte) {
	c.ShownHash = digest(c.Title, c.Setting, string(c.Bills), c.Date.String(), c.Admitted.String(), c.Discharged.String(), c.Payer,
		mustJSON(c.Patient), mustJSON(c.Ask), mustJSON(c.Offer), string(body))
	c.KeyHash = digest(mustJSON(c.Key))
}

// mustJSON prints plain values. Maps come out with sorted keys, so equal values give equal text.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("quizzes: a plain struct cannot be written as JSON: " + err.Error())
	}
	return string(b)
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
