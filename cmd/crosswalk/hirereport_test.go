package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"crosswalk/progress"
	"crosswalk/progress/hirereport"
)

// employs is a data folder with an employer, and the use cases over its database until it is closed.
func employs(t *testing.T) (data string, prog *progress.Service, boss progress.Actor, closeDB func()) {
	t.Helper()
	data = t.TempDir()
	if o := try(t, "a sentence to remember\n", "user", "add", "-name", "Colin", "-email", "colin@example.org", "-role", "employer", "-data", data); o.status != statusOK {
		t.Fatalf("user add: %+v", o)
	}
	quiet := streams{strings.NewReader(""), io.Discard, io.Discard}
	f := newFlags("test", quiet).withDB()
	f.data = data
	prog, _, closeDB, err := openProgress(t.Context(), f, quiet, true)
	if err != nil {
		t.Fatal(err)
	}
	colin, err := prog.UserByEmail(t.Context(), progress.Operator(progress.DefaultOrg), "colin@example.org")
	if err != nil {
		t.Fatal(err)
	}
	return data, prog, colin.Actor(), closeDB
}

// hired is a data folder with an employer and an open shipped test, which the first two of three candidates have handed in empty.
func hired(t *testing.T) (data string, x progress.Assessment, links []progress.CandidateLink) {
	t.Helper()
	ctx := t.Context()
	data, prog, boss, closeDB := employs(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	tests, err := prog.HiringTests(boss)
	must(err)
	var spec progress.AssessmentSpec
	for _, test := range tests {
		if spec, err = prog.ShippedSpec(boss, test.ID); err == nil && spec.Charts.Count > 0 {
			break
		}
	}
	must(err)
	x, err = prog.SaveAssessment(ctx, boss, progress.AssessmentInput{ClientKey: "key-of-a-test", Spec: spec})
	must(err)
	x, err = prog.OpenAssessment(ctx, boss, x.ID, x.Revision)
	must(err)
	links, err = prog.InviteCandidates(ctx, boss, x.ID, progress.CandidateInvite{ClientKey: "key-of-a-form", People: []byte("Ann Rivers\nBo Field\nCy Stone\n"), Days: 14})
	must(err)
	for _, l := range links[:2] {
		_, _, err := prog.Consent(ctx, l.Token, "", "Words of the consent.", "")
		must(err)
		s, session, err := prog.StartCandidateSitting(ctx, l.Token, "")
		must(err)
		who, err := prog.Session(ctx, session)
		must(err)
		_, err = prog.HandIn(ctx, who.Actor(), s.ID)
		must(err)
	}
	closeDB()
	return data, x, links
}

// TestHireCommands: candidates of a shipped test are invited, agree, sit and hand in, and are compared and reported on by command.
func TestHireCommands(t *testing.T) {
	data, x, links := hired(t)
	in := func(args ...string) []string { return append(append([]string{"hire"}, args...), "-data", data) }
	id, ann := string(x.ID), string(links[0].ID)
	if o := try(t, "", in("list")...); o.status != statusOK || !strings.Contains(o.out, id) || !strings.Contains(o.out, "2 handed in") {
		t.Errorf("list: %+v", o)
	}
	if o := try(t, "", in("compare", id)...); o.status != statusOK || !strings.Contains(o.out, "Ann Rivers") || !strings.Contains(o.out, "0 of 1 pairs differ beyond error; 1 candidates without a result") {
		t.Errorf("compare: %+v", o)
	}
	if o := try(t, "", in("compare", id, "-csv", "-blind")...); o.status != statusOK || !strings.Contains(o.out, "Candidate ") || strings.Contains(o.out, "Ann") || strings.Count(o.out, "\r\n") != 3 {
		t.Errorf("compare -csv -blind: %+v", o)
	}
	o := try(t, "", in("report", id, ann, "-json")...)
	var r hirereport.Report
	if err := json.Unmarshal([]byte(o.out), &r); err != nil || r.Candidate.Name != "Ann Rivers" || r.Passed || r.Overall == nil || r.Overall.Right != 0 || r.Unanswered != r.Charts || r.Test.Revision != x.Revision || r.Test.CodeYear != x.Frozen.CodeYear {
		t.Errorf("report: %v, %+v", err, o)
	}
	if o := try(t, "", in("report", id, ann)...); o.status != statusOK || !strings.Contains(o.out, "not passed, line") || !strings.Contains(o.out, "ICD-10-CM") {
		t.Errorf("report: %+v", o)
	}
	if o := try(t, "", in("report", id, string(links[2].ID))...); o.status != statusNo || !strings.Contains(o.err, "has not handed in") {
		t.Errorf("nothing handed in: %+v", o)
	}
	for _, args := range [][]string{{}, {"fire"}, {"compare"}, {"report", id}, {"compare", id, "-csv", "-json"}, {"compare", "nobody"}, {"report", id, ann, "-try", "2"}, {"report", id, ann, "-try", "-1"}, {"list", "-zone", "Nowhere/Land"}} {
		if o := try(t, "", in(args...)...); o.status != statusUsage {
			t.Errorf("%v: %+v", args, o)
		}
	}
}
