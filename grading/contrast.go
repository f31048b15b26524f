package grading

import (
	"slices"
	"strings"
)

// contrast cuts two titles down to the parts in which they differ, so that a sentence can set them side by side: of "Chronic kidney
// disease, stage 3 unspecified" and "Chronic kidney disease, stage 3b" it keeps what stands after the comma. Parts end at commas; where
// nothing is shared both titles stay whole.
func contrast(a, b string) (string, string) {
	as, bs := strings.Split(a, ", "), strings.Split(b, ", ")
	for len(as) > 1 && len(bs) > 1 && as[0] == bs[0] {
		as, bs = as[1:], bs[1:]
	}
	for len(as) > 1 && len(bs) > 1 && as[len(as)-1] == bs[len(bs)-1] {
		as, bs = as[:len(as)-1], bs[:len(bs)-1]
	}
	return strings.Join(as, ", "), strings.Join(bs, ", ")
}

// contrastBelow cuts the leading words that two titles share, where a sentence has named the header that they come from: "without" and
// "with abnormal findings". A single shared word, such as "Unspecified", says too little to be left out.
func contrastBelow(a, b string) (string, string) {
	as, bs := strings.Fields(a), strings.Fields(b)
	n := 0
	for n < len(as)-1 && n < len(bs)-1 && as[n] == bs[n] {
		n++
	}
	if n < 2 {
		return a, b
	}
	return strings.Join(as[n:], " "), strings.Join(bs[n:], " ")
}

// axes are the words with which titles name what a character distinguishes.
var axes = []string{"stage", "type", "grade", "degree", "trimester", "severity", "site", "quadrant", "level", "eye", "segment"}

// axisWord is the word of axes that both parts of a contrast hold before different words ("stage 3b", "stage 4"), "" when there is none.
func axisWord(as, bs []string) string {
	after := func(ws []string, w string) string {
		if i := slices.Index(ws, w); i >= 0 && i+1 < len(ws) {
			return ws[i+1]
		}
		return ""
	}
	for _, w := range axes {
		if x, y := after(as, w), after(bs, w); x != "" && y != "" && x != y {
			return w
		}
	}
	return ""
}

// comma joins a title to a code; without a title there is nothing to join.
func comma(title string) string {
	if title == "" {
		return ""
	}
	return ", " + title
}
