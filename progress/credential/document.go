package credential

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The contexts of a document, in the order that Open Badges asks for. The last defines the type of the revocation list.
const (
	contextVC         = "https://www.w3.org/ns/credentials/v2"
	contextOB         = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	contextExtensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
	schemaAddress     = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)

// Document is an AchievementCredential. Property names and their order are those of the specification, section B.1.2.
type Document struct {
	Context           []string `json:"@context"`
	ID                string   `json:"id"`
	Type              []string `json:"type"`
	Name              string   `json:"name"`
	Description       string   `json:"description,omitempty"`
	Issuer            Profile  `json:"issuer"`
	ValidFrom         string   `json:"validFrom"`            // RFC 3339, whole seconds, UTC
	ValidUntil        string   `json:"validUntil,omitempty"` // the same
	CredentialSubject Subject  `json:"credentialSubject"`
	CredentialSchema  []Typed  `json:"credentialSchema,omitempty"`
	CredentialStatus  *Typed   `json:"credentialStatus,omitempty"`
}

// Typed names something by address and type.
type Typed struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Profile is who issues.
type Profile struct {
	ID   string   `json:"id"`
	Type []string `json:"type"`
	Name string   `json:"name,omitempty"`
	URL  string   `json:"url,omitempty"`
}

// Subject is whom it is about, and what it says.
type Subject struct {
	ID              string      `json:"id"`
	Type            []string    `json:"type"`
	ActivityEndDate string      `json:"activityEndDate,omitempty"`
	Identifier      []Identity  `json:"identifier,omitempty"`
	Achievement     Achievement `json:"achievement"`
	Result          []Result    `json:"result,omitempty"`
}

// Achievement is the test.
type Achievement struct {
	ID                string              `json:"id"`
	Type              []string            `json:"type"`
	AchievementType   string              `json:"achievementType,omitempty"`
	Name              string              `json:"name"`
	Description       string              `json:"description"`
	Criteria          Criteria            `json:"criteria"`
	FieldOfStudy      string              `json:"fieldOfStudy,omitempty"`
	InLanguage        string              `json:"inLanguage,omitempty"`
	Version           string              `json:"version,omitempty"`
	ResultDescription []ResultDescription `json:"resultDescription,omitempty"`
}

// Criteria say how the achievement is earned.
type Criteria struct {
	Narrative string `json:"narrative"`
}

// ResultDescription says what a result can be.
type ResultDescription struct {
	ID            string   `json:"id"`
	Type          []string `json:"type"`
	Name          string   `json:"name"`
	ResultType    string   `json:"resultType"`
	ValueMin      string   `json:"valueMin,omitempty"`
	ValueMax      string   `json:"valueMax,omitempty"`
	RequiredValue string   `json:"requiredValue,omitempty"`
}

// Result is one figure of the result, or its status.
type Result struct {
	Type              []string `json:"type"`
	ResultDescription string   `json:"resultDescription"`
	Value             string   `json:"value,omitempty"`
	Status            string   `json:"status,omitempty"`
}

// Claim is what a credential says. Percentages are in tenths of a per cent, 0 to 1000.
type Claim struct {
	Base       string // the address of the site without a slash at the end: https://coding.example.edu
	ID         string // the id of the credential, a UUID; its address is made of it
	Subject    string // an id for the person in this credential alone, a UUID
	IssuerName string
	Identity   Identity

	Test        string // a UUID that stays the same for all who sit the test
	Name        string // of the test
	Description string
	Criteria    string
	Version     string // of the test: code year and revision

	Percent10     int
	Low10, High10 int // ends of the interval around Percent10
	Coverage      int // of the interval in per cent, such as 90
	Pass10        int // the line, set before anyone sat
	Passed        bool

	SatAt      time.Time
	ValidFrom  time.Time
	ValidUntil time.Time // zero where it does not end
}

// Addresses under a site's base.
func issuerAddress(base string) string     { return base + "/verify/issuer" }
func revocationAddress(base string) string { return base + "/verify/revoked.json" }

// Address is where a credential can be looked at; it is also its id.
func Address(base, id string) string { return base + "/verify/" + id }

// KeyAddress is where a public key can be had by its thumbprint; it is the kid of what the key signs.
func KeyAddress(base, thumbprint string) string { return base + "/verify/keys/" + thumbprint }

// Issuer is the profile of a site as an issuer.
func Issuer(base, name string) Profile {
	return Profile{ID: issuerAddress(base), Type: []string{"Profile"}, Name: name, URL: base}
}

// Document writes a claim as an AchievementCredential.
func (c Claim) Document() Document {
	test := "urn:uuid:" + c.Test
	figure := func(part string) string { return test + "#" + part }
	taken := "passed"
	status := "Completed"
	if !c.Passed {
		taken, status = "taken, pass line not reached", "Failed"
	}
	d := Document{
		Context:     []string{contextVC, contextOB, contextExtensions},
		ID:          Address(c.Base, c.ID),
		Type:        []string{"VerifiableCredential", "OpenBadgeCredential"},
		Name:        c.Name + ": " + taken,
		Description: fmt.Sprintf("%s, %s per cent; %d %% interval %s to %s; pass line %s.", c.Name, percent(c.Percent10), c.Coverage, percent(c.Low10), percent(c.High10), percent(c.Pass10)),
		Issuer:      Issuer(c.Base, c.IssuerName),
		ValidFrom:   instant(c.ValidFrom),
		CredentialSubject: Subject{
			ID: "urn:uuid:" + c.Subject, Type: []string{"AchievementSubject"}, ActivityEndDate: instant(c.SatAt), Identifier: []Identity{c.Identity},
			Achievement: Achievement{
				ID: test, Type: []string{"Achievement"}, AchievementType: "Assessment", Name: c.Name, Description: c.Description,
				Criteria: Criteria{Narrative: c.Criteria}, FieldOfStudy: "Medical coding", InLanguage: "en", Version: c.Version,
				ResultDescription: []ResultDescription{
					scale(figure("score"), "Score", percent(c.Pass10)),
					scale(figure("low"), fmt.Sprintf("Lower end of the %d %% interval", c.Coverage), ""),
					scale(figure("high"), fmt.Sprintf("Upper end of the %d %% interval", c.Coverage), ""),
					{ID: figure("status"), Type: []string{"ResultDescription"}, Name: "Pass line reached", ResultType: "Status"},
				},
			},
			Result: []Result{
				value(figure("score"), c.Percent10), value(figure("low"), c.Low10), value(figure("high"), c.High10),
				{Type: []string{"Result"}, ResultDescription: figure("status"), Status: status},
			},
		},
		CredentialSchema: []Typed{{ID: schemaAddress, Type: "1EdTechJsonSchemaValidator2019"}},
		CredentialStatus: &Typed{ID: revocationAddress(c.Base), Type: "1EdTechRevocationList"},
	}
	if !c.ValidUntil.IsZero() {
		d.ValidUntil = instant(c.ValidUntil)
	}
	return d
}

func scale(id, name, required string) ResultDescription {
	return ResultDescription{ID: id, Type: []string{"ResultDescription"}, Name: name, ResultType: "Percent", ValueMin: "0", ValueMax: "100", RequiredValue: required}
}

func value(of string, tenths int) Result {
	return Result{Type: []string{"Result"}, ResultDescription: of, Value: percent(tenths)}
}

// percent writes tenths of a per cent: 815 is 81.5, 800 is 80.
func percent(tenths int) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64), ".0")
}

// instant is a moment as the specification writes it, to the second, so that nbf and validFrom are the same.
func instant(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// Figures are what a document says of the result, as text in per cent; what it does not say is "".
type Figures struct {
	Score, Low, High, Pass string
	Status                 string // Completed, Failed
}

// Figures reads the results of a document by their descriptions.
func (d Document) Figures() (f Figures) {
	test := d.CredentialSubject.Achievement.ID
	for _, r := range d.CredentialSubject.Result {
		switch r.ResultDescription {
		case test + "#score":
			f.Score = r.Value
		case test + "#low":
			f.Low = r.Value
		case test + "#high":
			f.High = r.Value
		case test + "#status":
			f.Status = r.Status
		}
	}
	for _, r := range d.CredentialSubject.Achievement.ResultDescription {
		if r.ID == test+"#score" {
			f.Pass = r.RequiredValue
		}
	}
	return f
}

// Local is the id of a credential of a site, which is the last part of its address; ok is false for another's address.
func (d Document) Local() (id string, ok bool) {
	i := strings.LastIndexByte(d.ID, '/')
	if i < 0 || !strings.HasSuffix(d.ID[:i], "/verify") {
		return "", false
	}
	return d.ID[i+1:], d.ID[i+1:] != ""
}
