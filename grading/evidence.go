package grading

// supports reports whether marks in the note support a line: together they cover at least half of the words of its evidence, and they
// hold at most three times as many words as the evidence has, so that marking the whole note shows nothing.
func supports(evidence []Evidence, marks []string) bool {
	var phrases [][]string
	want := 0
	for _, e := range evidence {
		ws := words(e.Text)
		phrases = append(phrases, ws)
		want += len(ws)
	}
	var marked [][]string
	have := 0
	for _, m := range marks {
		ws := words(m)
		marked = append(marked, ws)
		have += len(ws)
	}
	if want == 0 || have == 0 || have > 3*want {
		return false
	}
	covered := 0
	for _, p := range phrases {
		hit := make([]bool, len(p))
		for _, m := range marked {
			from, n := longestRun(p, m)
			for i := from; i < from+n; i++ {
				hit[i] = true
			}
		}
		for _, h := range hit {
			if h {
				covered++
			}
		}
	}
	return 2*covered >= want
}

// longestRun finds the longest run of words of p that stands in m as it is. A mark is a piece of the note, so what it shares with a
// phrase is one run; single words strewn over the note are not support.
func longestRun(p, m []string) (from, n int) {
	before := make([]int, len(m)+1)
	for i := range p {
		now := make([]int, len(m)+1)
		for j := range m {
			if p[i] == m[j] {
				now[j+1] = before[j] + 1
				if now[j+1] > n {
					n = now[j+1]
					from = i + 1 - n
				}
			}
		}
		before = now
	}
	return from, n
}

func wordCount(phrases []string) int {
	n := 0
	for _, p := range phrases {
		n += len(words(p))
	}
	return n
}

func quotes(evidence []Evidence) []string {
	var out []string
	for _, e := range evidence {
		out = append(out, e.Text)
	}
	return out
}
