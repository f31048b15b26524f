package coverage

import (
	"cmp"
	"slices"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/quizzes"
)

// Cases are the charts, counted in several ways. Each count but those of Groups and what asks for something adds up to all cases.
type Cases struct {
	Settings    []Setting  `json:"settings"`
	Groups      []Total    `json:"groups"`      // settings together, as the course asks for them
	Bills       []Count    `json:"bills"`       // professional, facility
	Payers      []Count    `json:"payers"`      // medicare, medicaid, ...
	Specialties []Count    `json:"specialties"` // by the ICD-10-CM chapter of the diagnosis that stands first, since a case names no specialty
	Difficulty  Difficulty `json:"difficulty"`
	AskQuery    int        `json:"ask_query"`  // ask whether a query is called for
	NeedQuery   int        `json:"need_query"` // the right answer is a query
	AskDRG      int        `json:"ask_drg"`
	AskPOA      int        `json:"ask_poa"`
}

// Count is how many cases are of a kind.
type Count struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Cases int    `json:"cases"`
}

// Setting is what there is of a setting.
type Setting struct {
	Count
	Asked      []string   `json:"asked"`      // whole exams that have a place for such charts
	Questions  int        `json:"questions"`  // about these charts
	NeedQuery  int        `json:"need_query"` // cases of which the right answer is a query
	Difficulty Difficulty `json:"difficulty"` // of the cases
}

func (m *maker) cases() Cases {
	out := Cases{Settings: []Setting{}, Groups: []Total{}}
	for _, s := range quizzes.Settings {
		row := Setting{Count: Count{ID: s.ID, Title: s.Title}, Asked: []string{}}
		for _, bp := range m.Bank.Blueprints() {
			if bp.Full == "" && bp.Wants(s.ID) {
				row.Asked = append(row.Asked, bp.ID)
			}
		}
		for _, c := range m.Bank.Cases() {
			if c.Setting != s.ID {
				continue
			}
			row.Cases++
			row.Questions += len(m.Bank.ByGroup(c.ID))
			row.Difficulty.add(c.Difficulty)
			if c.NeedsQuery() {
				row.NeedQuery++
			}
		}
		out.Settings = append(out.Settings, row)
	}
	for _, g := range m.Course.Charts {
		t := Total{ID: g.ID, Title: g.Title, Want: g.Cases}
		for _, s := range out.Settings {
			if slices.Contains(g.Settings, s.ID) {
				t.Have += s.Cases
			}
		}
		out.Groups = append(out.Groups, t)
	}
	out.Bills = []Count{{ID: string(grading.Professional), Title: "professional"}, {ID: string(grading.Facility), Title: "facility"}}
	for _, p := range quizzes.Payers {
		out.Payers = append(out.Payers, Count{ID: p, Title: p})
	}
	for _, l := range chapterLabels() {
		out.Specialties = append(out.Specialties, Count{ID: l.id, Title: l.title})
	}
	for _, c := range m.Bank.Cases() {
		out.Bills = counted(out.Bills, string(c.Bills))
		out.Payers = counted(out.Payers, c.Payer)
		out.Specialties = counted(out.Specialties, specialty(c))
		out.Difficulty.add(c.Difficulty)
		for _, f := range []struct {
			yes bool
			n   *int
		}{{c.Ask.Query, &out.AskQuery}, {c.NeedsQuery(), &out.NeedQuery}, {c.Ask.DRG, &out.AskDRG}, {c.Ask.POA, &out.AskPOA}} {
			if f.yes {
				*f.n++
			}
		}
	}
	return out
}

// counted adds one to the count of that id, which is made when it is not there.
func counted(list []Count, id string) []Count {
	i := slices.IndexFunc(list, func(c Count) bool { return c.ID == id })
	if i < 0 {
		i = len(list)
		list = append(list, Count{ID: id, Title: cmp.Or(id, "none")})
	}
	list[i].Cases++
	return list
}

// specialty is the chapter of the diagnosis that stands first.
func specialty(c *quizzes.Case) string {
	for _, d := range c.Key.Diagnoses {
		if d.First != grading.NotFirst {
			return chapterOf(codebook.Ref{System: codebook.ICD10CM, Code: d.Code})
		}
	}
	return ""
}
