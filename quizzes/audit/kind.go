package audit

import (
	"slices"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// Kind is a kind of fault. The set is closed and part of the output format: no kind is ever renamed.
type Kind string

// The kinds of faults.
const (
	Seventh         Kind = "seventh"
	Encounter       Kind = "encounter"
	Laterality      Kind = "laterality"
	Specificity     Kind = "specificity"
	First           Kind = "first"
	Order           Kind = "order"
	Missing         Kind = "missing"
	Symptom         Kind = "symptom"
	Uncertain       Kind = "uncertain"
	Unsupported     Kind = "unsupported"
	POA             Kind = "poa"
	EMHigh          Kind = "em-high"
	EMLow           Kind = "em-low"
	Unbundled       Kind = "unbundled"
	NotDone         Kind = "not-done"
	ModifierMissing Kind = "modifier-missing"
	ModifierWrong   Kind = "modifier-wrong"
	Units           Kind = "units"
	Pointer         Kind = "pointer"
	BodyPart        Kind = "pcs-body-part"
	Approach        Kind = "pcs-approach"
	Device          Kind = "pcs-device"
	Qualifier       Kind = "pcs-qualifier"
)

// KindInfo explains a kind. Title is what a learner chooses among, so that no two titles fit one fault.
type KindInfo struct {
	Kind     Kind              `json:"kind"`
	Area     string            `json:"area"` // "diagnosis" or "procedure"
	Title    string            `json:"title"`
	Rule     string            `json:"rule"` // what is right, in a sentence
	Cites    []string          `json:"cites,omitempty"`
	Findings []grading.Finding `json:"findings"` // what the grader calls it
}

var kinds = []KindInfo{
	{Seventh, "diagnosis", "A code is cut short: its seventh character, or the X before it, is not there",
		"A code that takes a seventh character is no code without it, and it stands seventh: placeholders X fill the places before.", []string{"I.A.4", "I.A.5"},
		[]grading.Finding{grading.DX7TH, grading.DXTRUNC}},
	{Encounter, "diagnosis", "A seventh character is there and names the wrong encounter (A, D or S)",
		"A is for active treatment, D for routine care while it heals, S for what remains afterwards.", []string{"I.C.19.a"}, []grading.Finding{grading.DX7TH}},
	{Laterality, "diagnosis", "The side is not the patient's: a code, a body part, RT or LT names another side, or a code leaves it open",
		"The side that the note documents is the side that is coded.", []string{"I.B.13"}, []grading.Finding{grading.DXLAT, grading.CPTMOD, grading.PXBP}},
	{Specificity, "diagnosis", "A code is less specific than the note: it leaves open a type, stage or site that is documented",
		"A condition is coded as specifically as it is documented. Unspecified codes are for notes that say no more.", []string{"I.B.2", "I.A.9.b"}, []grading.Finding{grading.DXSPEC}},
	{First, "diagnosis", "The wrong diagnosis stands first",
		"The principal diagnosis is what, after study, occasioned the admission; the first-listed one what is chiefly responsible for the services of the visit.",
		nil, []grading.Finding{grading.DXPDX}},
	{Order, "diagnosis", "Further down, two diagnoses stand the wrong way round: a code is before the one that it must follow",
		"Etiology stands before manifestation, and what a code-first note names stands before the code.", []string{"I.A.13"}, []grading.Finding{grading.DXSEQ}},
	{Missing, "diagnosis", "A diagnosis is missing that the note calls for",
		"Conditions that are present and affect care are coded beside the first one.", nil, []grading.Finding{grading.DXMISS, grading.DXUNC}},
	{Symptom, "diagnosis", "A sign or symptom is coded that belongs to a diagnosis on the claim",
		"Signs and symptoms that belong to a disease are not coded beside it.", []string{"I.B.5"}, []grading.Finding{grading.DXSYM}},
	{Uncertain, "diagnosis", "An outpatient diagnosis is coded that the note only suspects or rules out",
		"For an outpatient what is probable, suspected, possible or to be ruled out is not coded as if it were there.", []string{"IV.H"}, []grading.Finding{grading.DXUNC}},
	{Unsupported, "diagnosis", "A diagnosis is coded that is not reported here for another reason: gone, never stated, or told by another code",
		"A code needs a provider's statement in this record, and a reason to be reported at this encounter.", []string{"I.A.19"}, []grading.Finding{grading.DXOVER, grading.DXCOMB, grading.DXEX1}},
	{POA, "diagnosis", "A present-on-admission indicator is wrong",
		"Y says present when the admission was ordered, N that it arose after.", []string{"App.I"}, []grading.Finding{grading.DXPOA}},
	{EMHigh, "procedure", "The level of the visit is higher than the note supports",
		"The level follows from two of the three columns of medical decision making, or from the time.", nil, []grading.Finding{grading.EMUP1, grading.EMUP2}},
	{EMLow, "procedure", "The level of the visit is lower than the note supports",
		"The level follows from two of the three columns of medical decision making, or from the time. To code too low is a fault as well.", nil,
		[]grading.Finding{grading.EMDN1, grading.EMDN2}},
	{Unbundled, "procedure", "A service is billed apart that is part of another one on the claim",
		"What belongs to a service is not billed beside it, unless it stood apart and a modifier says so.", nil, []grading.Finding{grading.CPTUNB}},
	{NotDone, "procedure", "A service is billed that was not done here, or not by this provider",
		"A service is billed by the one who did it, as the note shows it done.", nil, []grading.Finding{grading.PXOVER}},
	{ModifierMissing, "procedure", "A modifier is missing", "A modifier that changes what a payer makes of the line belongs to it.", nil, []grading.Finding{grading.CPTMOD}},
	{ModifierWrong, "procedure", "A modifier stands there that does not belong (not one of side)",
		"A modifier is a statement of fact. One that the note does not bear out is a false one.", nil, []grading.Finding{grading.CPTMOD}},
	{Units, "procedure", "The units, or the minutes, are wrong", "Units count what one unit of the code is; minutes of anesthesia run from start to end.", nil, []grading.Finding{grading.CPTUNIT}},
	{Pointer, "procedure", "A line points to the wrong diagnosis", "A service points to the diagnoses that it was done for.", nil, []grading.Finding{grading.LINK}},
	{BodyPart, "procedure", "ICD-10-PCS, character 4: the wrong body part or body system, on the right side", "The fourth character names what was operated on.", nil, []grading.Finding{grading.PXBP}},
	{Approach, "procedure", "ICD-10-PCS, character 5: the wrong approach, or the wrong duration", "The fifth character names the way in, or in section 5 how long it lasted.", nil,
		[]grading.Finding{grading.PXAPP}},
	{Device, "procedure", "ICD-10-PCS, character 6: the wrong device, substance or function", "The sixth character names the device that stays, or the substance or function.", nil,
		[]grading.Finding{grading.PXDEV}},
	{Qualifier, "procedure", "ICD-10-PCS, character 7: the wrong qualifier", "The seventh character says what no other one has a place for.", nil, []grading.Finding{grading.PXQUAL}},
}

// Kinds are all kinds, in the order in which lists show them. The slice is the caller's own.
func Kinds() []KindInfo { return slices.Clone(kinds) }

// Info explains one kind; false when there is none of that name.
func Info(k Kind) (KindInfo, bool) {
	i := slices.IndexFunc(kinds, func(x KindInfo) bool { return x.Kind == k })
	if i < 0 {
		return KindInfo{}, false
	}
	return kinds[i], true
}

// Offered are the kinds that a learner chooses among for a case: those that its claim could show. They depend on what the case asks
// for and on nothing that was changed, so that the list does not tell.
func Offered(k *grading.Key) []KindInfo {
	pcs := slices.ContainsFunc(k.Procedures, func(p grading.Procedure) bool { return p.System == codebook.ICD10PCS }) || k.InpatientFacility()
	return slices.DeleteFunc(Kinds(), func(i KindInfo) bool {
		switch i.Kind {
		case POA:
			return !k.Ask.POA
		case Pointer:
			return !k.Ask.Pointers
		case Uncertain:
			return k.InpatientFacility()
		case BodyPart, Approach, Device, Qualifier:
			return !pcs || !k.Ask.Procedures
		case EMHigh, EMLow, ModifierMissing, ModifierWrong, Units:
			return pcs || !k.Ask.Procedures
		case Unbundled, NotDone:
			return !k.Ask.Procedures
		}
		return !k.Ask.Diagnoses
	})
}
