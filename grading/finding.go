package grading

// FindingInfo explains one finding of the taxonomy.
type FindingInfo struct {
	Finding Finding
	Area    string // "diagnosis", "procedure", "E/M" or "claim"
	Name    string // a few words for a column head
	Meaning string // one line
}

// The findings. They are part of the output format: none is ever renamed. Each constant is the finding's text without the hyphen.
const (
	DXPDX   Finding = "DX-PDX"
	DXSEQ   Finding = "DX-SEQ"
	DXMISS  Finding = "DX-MISS"
	DXOVER  Finding = "DX-OVER"
	DXSYM   Finding = "DX-SYM"
	DXSPEC  Finding = "DX-SPEC"
	DXLAT   Finding = "DX-LAT"
	DX7TH   Finding = "DX-7TH"
	DXTRUNC Finding = "DX-TRUNC"
	DXEX1   Finding = "DX-EX1"
	DXCOMB  Finding = "DX-COMB"
	DXCODE  Finding = "DX-CODE"
	DXUNC   Finding = "DX-UNC"
	DXPOA   Finding = "DX-POA"

	PXMISS Finding = "PX-MISS"
	PXOVER Finding = "PX-OVER"
	PXROOT Finding = "PX-ROOT"
	PXBP   Finding = "PX-BP"
	PXAPP  Finding = "PX-APP"
	PXDEV  Finding = "PX-DEV"
	PXQUAL Finding = "PX-QUAL"

	CPTCODE  Finding = "CPT-CODE"
	CPTUNB   Finding = "CPT-UNB"
	CPTMOD   Finding = "CPT-MOD"
	CPTUNIT  Finding = "CPT-UNIT"
	CPTADDON Finding = "CPT-ADDON"
	LINK     Finding = "LINK"

	EMUP1  Finding = "EM-UP1"
	EMUP2  Finding = "EM-UP2"
	EMDN1  Finding = "EM-DN1"
	EMDN2  Finding = "EM-DN2"
	EMCAT  Finding = "EM-CAT"
	EMMISS Finding = "EM-MISS"
	EMGRID Finding = "EM-GRID"

	GRP   Finding = "GRP"
	DISP  Finding = "DISP"
	EVID  Finding = "EVID"
	QUERY Finding = "QUERY"
	COMP  Finding = "COMP"
)

var findings = []FindingInfo{
	{DXPDX, "diagnosis", "first diagnosis", "The principal or first-listed diagnosis is wrong or not in the first place."},
	{DXSEQ, "diagnosis", "sequence", "A diagnosis stands before one that must come first: etiology before manifestation, code first, injury before its cause."},
	{DXMISS, "diagnosis", "missed diagnosis", "A diagnosis that the chart calls for was not entered."},
	{DXOVER, "diagnosis", "unsupported diagnosis", "A diagnosis was entered that the chart does not support or that is not reportable here."},
	{DXSYM, "diagnosis", "integral symptom", "A sign or symptom was coded that belongs to a diagnosis already coded."},
	{DXSPEC, "diagnosis", "specificity", "The right family of codes, but not the type, stage or site that the chart documents."},
	{DXLAT, "diagnosis", "laterality", "The side is wrong, or was left unspecified where the chart names it."},
	{DX7TH, "diagnosis", "seventh character", "The seventh character is wrong or missing."},
	{DXTRUNC, "diagnosis", "not a complete code", "The code is a header that needs more characters, or no code on the date; a payer rejects it."},
	{DXEX1, "diagnosis", "Excludes1 pair", "Two codes were entered that an Excludes1 note does not allow together."},
	{DXCOMB, "diagnosis", "combination code", "A part was coded where one code states the whole, such as I10 where I12 names hypertension with kidney disease."},
	{DXCODE, "diagnosis", "other condition", "A code of the same section for a condition, or an intent, that is not the documented one."},
	{DXUNC, "diagnosis", "uncertain diagnosis", "An uncertain diagnosis was coded for an outpatient (IV.H), or not coded for an inpatient at discharge (II.H, III.C)."},
	{DXPOA, "diagnosis", "present on admission", "The POA indicator is wrong or missing, or one was given for an exempt code."},
	{PXMISS, "procedure", "missed procedure", "A procedure or service that the chart calls for was not entered."},
	{PXOVER, "procedure", "unsupported procedure", "A procedure or service was entered that was not done or is not reported apart."},
	{PXROOT, "procedure", "root operation", "ICD-10-PCS characters 1 to 3: section, body system or root operation is wrong."},
	{PXBP, "procedure", "body part", "ICD-10-PCS character 4 is wrong."},
	{PXAPP, "procedure", "approach", "ICD-10-PCS character 5 is wrong."},
	{PXDEV, "procedure", "device", "ICD-10-PCS character 6 is wrong."},
	{PXQUAL, "procedure", "qualifier", "ICD-10-PCS character 7 is wrong."},
	{CPTCODE, "procedure", "service code", "A CPT or HCPCS Level II code of the right family with the wrong extent, approach, size or count."},
	{CPTUNB, "procedure", "unbundled", "A service was reported that is included in another one, or without the modifier that would separate them."},
	{CPTMOD, "procedure", "modifier", "A modifier is missing, wrong or needless."},
	{CPTUNIT, "procedure", "units", "The units, or the minutes of anesthesia, are wrong."},
	{CPTADDON, "procedure", "add-on code", "An add-on code without its primary service, or a missing add-on."},
	{LINK, "procedure", "diagnosis pointer", "The service does not point to the diagnoses that support it."},
	{EMUP1, "E/M", "one level over", "The E/M level is one above what the chart supports."},
	{EMUP2, "E/M", "two or more levels over", "The E/M level is two or more above what the chart supports."},
	{EMDN1, "E/M", "one level under", "The E/M level is one below what the chart supports."},
	{EMDN2, "E/M", "two or more levels under", "The E/M level is two or more below what the chart supports."},
	{EMCAT, "E/M", "E/M category", "The wrong family of E/M codes: new or established, setting, initial or subsequent; or time where medical decision making decides."},
	{EMMISS, "E/M", "E/M not rated", "A column of the E/M grid, or the minutes, was left empty."},
	{EMGRID, "E/M", "grid and code disagree", "The E/M code and the grid or minutes on the same sheet do not agree with each other."},
	{GRP, "claim", "DRG", "The MS-DRG is wrong or missing."},
	{DISP, "claim", "disposition", "The discharge disposition is wrong or missing."},
	{EVID, "claim", "evidence", "The words marked in the note do not support the line, or mark far more than what supports it."},
	{QUERY, "claim", "query", "A query was needed and not asked or asked without need; or its reason, indicators or wording are wrong."},
	{COMP, "claim", "compliance", "A compliance risk, such as a query that leads to an answer."},
}

// Findings is the taxonomy in the order of the documentation. The slice is the caller's own.
func Findings() []FindingInfo { return append([]FindingInfo(nil), findings...) }
