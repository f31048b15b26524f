package server

import (
	"time"

	"crosswalk/progress"
)

// What the API answers. These types are its contract: the OpenAPI document is made of them, and each field says in doc what it is.

// apiAssessment is a hiring test.
type apiAssessment struct {
	ID          string     `json:"id" doc:"UUIDv7"`
	Name        string     `json:"name"`
	State       string     `json:"state" enum:"draft,open,closed" doc:"Only an open test takes candidates."`
	Minutes     int        `json:"minutes" doc:"Time for one sitting."`
	PassPercent int        `json:"pass_percent" doc:"The pass line, fixed when the test was opened."`
	Tries       int        `json:"tries" doc:"How often a candidate may sit it."`
	KeepDays    int        `json:"keep_days" doc:"Days from handing in to automatic erasing."`
	Blind       bool       `json:"blind" doc:"Names of candidates are hidden, here too."`
	CodeYear    *int       `json:"code_year" doc:"Fiscal year of the code sets by which it is graded; null before opening."`
	From        *time.Time `json:"from" doc:"First moment to begin; null for any."`
	Until       *time.Time `json:"until" doc:"Last moment to begin; null for any."`
	CreatedAt   time.Time  `json:"created_at"`
	OpenedAt    *time.Time `json:"opened_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	Candidates  int        `json:"candidates" doc:"How many were invited, those erased since among them."`
	HandedIn    int        `json:"handed_in" doc:"How many of them have handed in a sitting."`
}

// apiAssessments is a page of tests.
type apiAssessments struct {
	Items []apiAssessment `json:"items"`
	Next  *string         `json:"next" doc:"Give this as after to read on; null at the end."`
}

// apiCandidate is a person invited to a test.
type apiCandidate struct {
	ID           string      `json:"id" doc:"UUIDv7"`
	Assessment   string      `json:"assessment"`
	Name         string      `json:"name" doc:"Where the test is blind, and once erased: Candidate and six signs that say nothing of the person, as on the pages of the test."`
	Email        string      `json:"email" doc:"Empty where there is none, where the test is blind, and once erased."`
	Ref          string      `json:"ref" doc:"Your own number of the candidate; empty as the e-mail."`
	State        string      `json:"state" enum:"invited,agreed,sitting,done,declined,revoked,expired,erased" doc:"done: a sitting was handed in."`
	ResultReady  bool        `json:"result_ready" doc:"The newest sitting is graded: the result can be read."`
	ExtraPercent int         `json:"extra_percent" doc:"Extra time in per cent."`
	ExtraBreaks  int         `json:"extra_breaks" doc:"Breaks beyond those of the test."`
	LinkUntil    time.Time   `json:"link_until" doc:"Until when the link is good."`
	ConsentedAt  *time.Time  `json:"consented_at"`
	Sitting      *apiSitting `json:"sitting" doc:"The newest sitting; null before the first."`
	Sittings     int         `json:"sittings" doc:"How many sittings there are."`
	EraseOn      *time.Time  `json:"erase_on" doc:"When everything of the person is erased by itself."`
	ErasedAt     *time.Time  `json:"erased_at"`
	CreatedAt    time.Time   `json:"created_at"`
}

// apiSitting is one try at a test.
type apiSitting struct {
	ID         string     `json:"id" doc:"UUIDv7"`
	StartedAt  time.Time  `json:"started_at"`
	EndsAt     *time.Time `json:"ends_at"`
	HandedInAt *time.Time `json:"handed_in_at"`
	GradedAt   *time.Time `json:"graded_at"`
}

// apiCandidates is a page of candidates.
type apiCandidates struct {
	Items []apiCandidate `json:"items"`
	Next  *string        `json:"next" doc:"Give this as after to read on; null at the end."`
}

// apiInvited are candidates with their links.
type apiInvited struct {
	Items []apiInvitation `json:"items" doc:"In the order of the request."`
}

// apiInvitation is a candidate with the link, which is told once.
type apiInvitation struct {
	Candidate apiCandidate `json:"candidate"`
	Link      string       `json:"link" doc:"For the candidate alone: consent, sitting and result. It is told once; what is kept is a hash."`
}

// apiInvite is the body that creates candidates.
type apiInvite struct {
	Candidates []apiNewCandidate `json:"candidates" min:"1" max:"500"`
	Days       int               `json:"days,omitempty" min:"1" max:"180" doc:"For how many days the links are good; 14 when left out."`
}

// apiNewCandidate is somebody to be invited.
type apiNewCandidate struct {
	Name         string `json:"name" min:"1"`
	Email        string `json:"email,omitempty"`
	Ref          string `json:"ref,omitempty" doc:"Your own number of the candidate."`
	ExtraPercent int    `json:"extra_percent,omitempty" min:"0" max:"300" doc:"Extra time as an accommodation, in per cent of the test's: 50 gives half as much again. It can be changed on the candidate's page until a sitting begins."`
	ExtraBreaks  int    `json:"extra_breaks,omitempty" min:"0" max:"10" doc:"Breaks beyond those of the test, as an accommodation."`
}

// apiNewLink is the body that makes a new link.
type apiNewLink struct {
	Days int `json:"days,omitempty" min:"1" max:"180" doc:"For how many days the link is good; 14 when left out."`
}

// apiProblem is the reply to every error, by RFC 9457.
type apiProblem struct {
	Type     string          `json:"type" doc:"A URI that names the kind of problem; the page of the API explains it."`
	Title    string          `json:"title"`
	Status   int             `json:"status"`
	Detail   string          `json:"detail" doc:"What is wrong and what to do."`
	Instance string          `json:"instance" doc:"urn of this request; quote it to whoever runs the server."`
	Errors   []apiFieldError `json:"errors,omitempty" doc:"What of the request cannot be taken."`
}

// apiFieldError is one thing of a request that cannot be taken.
type apiFieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// apiMessage is the body of a webhook.
type apiMessage struct {
	Type      string    `json:"type" enum:"candidate.consented,sitting.started,sitting.handed_in,result.ready,candidate.erased"`
	Timestamp time.Time `json:"timestamp" doc:"When it happened; webhook-timestamp is when it was sent."`
	Data      struct {
		Assessment string `json:"assessment"`
		Candidate  string `json:"candidate"`
		Sitting    string `json:"sitting,omitempty" doc:"For events of a sitting and of its result."`
	} `json:"data"`
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func assessmentForAPI(x progress.Assessment, n progress.AssessmentTally) apiAssessment {
	out := apiAssessment{
		ID: string(x.ID), Name: x.Spec.Name, State: string(x.State()), Minutes: x.Spec.Minutes, PassPercent: x.Spec.PassPercent, Tries: x.Spec.Tries, KeepDays: x.Spec.KeepDays, Blind: x.Spec.Blind,
		From: optionalTime(x.Spec.From), Until: optionalTime(x.Spec.Until), CreatedAt: x.CreatedAt, OpenedAt: x.OpenedAt, ClosedAt: x.ClosedAt, Candidates: n.Candidates, HandedIn: n.HandedIn,
	}
	if x.Frozen.CodeYear != 0 {
		out.CodeYear = &x.Frozen.CodeYear
	}
	return out
}

// candidateForAPI hides who it is where the test does.
func candidateForAPI(v progress.CandidateView, blind bool) apiCandidate {
	out := apiCandidate{
		ID: string(v.ID), Assessment: string(v.Assessment), Name: v.Name, Email: v.Email, Ref: v.Ref, State: string(v.State), ExtraPercent: v.ExtraPercent, ExtraBreaks: v.ExtraBreaks, LinkUntil: v.LinkUntil,
		ConsentedAt: v.ConsentAt, Sittings: len(v.Sittings), EraseOn: v.EraseOn, ErasedAt: v.ErasedAt, CreatedAt: v.CreatedAt,
	}
	if blind || v.ErasedAt != nil {
		out.Name, out.Email, out.Ref = v.BlindName(), "", ""
	}
	if x := v.Newest; x != nil {
		out.Sitting = &apiSitting{ID: string(x.ID), StartedAt: x.StartedAt, EndsAt: x.EndsAt, HandedInAt: x.HandedInAt, GradedAt: x.GradedAt}
		out.ResultReady = x.GradedAt != nil && v.ErasedAt == nil
	}
	return out
}
