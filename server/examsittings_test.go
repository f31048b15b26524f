package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"crosswalk/progress"
)

// TestStaffSeeSittings: staff find who sat an exam, with the result and the report, and on the page of a learner what they sat.
func TestStaffSeeSittings(t *testing.T) {
	s := newSite(t)
	staff, _ := s.staff(t, "ines", progress.RoleInstructor)
	lea, l := s.staff(t, "lea", progress.RoleLearner)
	const exam = "/teach/exams/exam/cpc-half"
	wantText(t, staff.get(exam), http.StatusOK, "Who sat it", "Nobody has sat this exam yet.")
	room := lea.start("cpc-half", "extra", "50")
	guest := s.browser(t)
	guest.start("cpc-half")
	p := staff.get(exam)
	wantText(t, p, http.StatusOK, "sitting now", "min left", "50 %", "guest")
	if p.doc.Find(`a[href$="/report"]`).Length() != 0 {
		t.Error("an exam under way leads to a report")
	}
	if res := lea.post(room+"/hand-in", url.Values{"confirm": {"yes"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("hand in: %d", res.StatusCode)
	}
	who := "/teach/learners/" + string(l.Learner)
	for path, link := range map[string]string{exam: who, who: exam} {
		p := staff.get(path)
		wantText(t, p, http.StatusOK, "not passed", "50 %")
		row := p.doc.Find(`table tr:has(a[href="` + room + `/report"])`)
		if row.Length() != 1 || row.Find(`th a[href="`+link+`"]`).Length() != 1 || !strings.Contains(row.Text(), "0 % ✗") {
			t.Errorf("%s: the sitting is not there, or leads not to %s: %q", path, link, row.Text())
		}
	}
	wantText(t, staff.get(room+"/report"), http.StatusOK)
	if p := lea.get(exam); p.StatusCode != http.StatusForbidden {
		t.Errorf("a learner looks who sat an exam: %d", p.StatusCode)
	}
}

// composes makes an instructor who has composed the exam "hers" of four items.
func (s *site) composes(t *testing.T, rules string) *browser {
	t.Helper()
	area := plenty(t, s)
	staff, ines := s.staff(t, "ines", progress.RoleInstructor)
	body := fmt.Sprintf("id: hers\nname: Hers\nminutes: 30\nitems: 4\npass: {percent: 70}\nbook: open\nfeedback: after\n%sareas:\n  - {id: %s, count: 4}\n", rules, area.ID)
	if _, err := s.prog.SaveComposed(t.Context(), ines, progress.ComposedDraft{Body: body}); err != nil {
		t.Fatal(err)
	}
	return staff
}

// TestBreakKeepsTheItem: without script a break is a button of the item's form, and says what it locks.
func TestBreakKeepsTheItem(t *testing.T) {
	s := newSite(t)
	staff := s.composes(t, "navigation: free\nbreaks: {count: 1, minutes: 5, lock: true}\n")
	room := staff.start("hers")
	p := staff.get(room)
	wantText(t, p, http.StatusOK, "The items that you have seen, this one too")
	if p.doc.Find(`#room-item button[name="do"][value="break"][aria-describedby="break-locks"]`).Length() != 1 || p.doc.Find(`form[action$="/break"]`).Length() != 0 {
		t.Error("the break is no button of the item's form")
	}
	form := p.formValues("#room-item")
	form.Set("do", "break")
	form.Set("note", strings.Repeat("é\r\n", progress.MaxItemNote/2))
	if most, _ := p.doc.Find("#note").Attr("maxlength"); most != fmt.Sprint(progress.MaxItemNote) {
		t.Errorf("a note can have %q characters", most)
	}
	wantText(t, staff.follow(room+"/items/1", form), http.StatusOK, "You are on a break")
	p = staff.follow(room+"/resume", url.Values{})
	var st stateReply
	staff.script(http.MethodGet, room+"/state", nil).json(t, &st)
	if len(st.Items) != 1 || !st.Items[0].Locked || strings.Count(string(st.Items[0].State), "é") != progress.MaxItemNote/2 {
		t.Errorf("kept before the break: %+v", st.Items)
	}
	form.Set("do", "save")
	form.Set("note", strings.Repeat("x", progress.MaxItemNote+1))
	if p := staff.post(room+"/items/2", form); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a note too long: %d", p.StatusCode)
	}
}

func TestMovesBeyondTheItems(t *testing.T) {
	s := newSite(t)
	staff := s.composes(t, "navigation: forward\n")
	room := staff.start("hers")
	for _, c := range []struct{ to, want int }{{-1, 422}, {5, 422}, {0, 200}, {1, 200}, {4, 200}} {
		if p := staff.script(http.MethodPost, room+"/move", map[string]int{"reached": c.to}); p.StatusCode != c.want {
			t.Errorf("move to %d: %d, want %d", c.to, p.StatusCode, c.want)
		}
	}
	if p, _ := staff.save(room, 0, 1, `{"answer":{"options":[-1]}}`); p.StatusCode != 422 {
		t.Errorf("an answer that cannot be: %d", p.StatusCode)
	}
}
