package credential

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The rules of the public JSON schema for AchievementCredential (ob_v3p0_achievementcredential_schema.json of Open Badges 3.0), for every class
// that a credential of ours has: required properties, types, constant and enumerated values, patterns and smallest lengths. Classes that we
// never write (Evidence, Alignment, Image, Proof, ...) are left out, and their properties with them. Here the rules are stricter than the
// schema: it lets further properties of most classes through, and so every misspelt name; and it takes any text for a URI.
type rule func(at string, v any) []string

func text(at string, v any) []string {
	if _, ok := v.(string); !ok {
		return []string{at + " is no text"}
	}
	return nil
}

func boolean(at string, v any) []string {
	if _, ok := v.(bool); !ok {
		return []string{at + " is neither true nor false"}
	}
	return nil
}

// uri is an absolute one.
func uri(at string, v any) []string {
	s, _ := v.(string)
	if u, err := url.Parse(s); err != nil || !u.IsAbs() || u.Host == "" && u.Opaque == "" {
		return []string{fmt.Sprintf("%s is no absolute URI: %v", at, v)}
	}
	return nil
}

// seconds are a NumericDate without a fraction (RFC 7519, section 2).
func seconds(at string, v any) []string {
	if n, ok := v.(float64); !ok || n != math.Trunc(n) {
		return []string{fmt.Sprintf("%s is no whole number of seconds: %v", at, v)}
	}
	return nil
}

// moment is the format date-time.
func moment(at string, v any) []string {
	s, _ := v.(string)
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		return []string{fmt.Sprintf("%s is no date-time: %v", at, v)}
	}
	return nil
}

func oneOf(values ...string) rule {
	return func(at string, v any) []string {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			return []string{fmt.Sprintf("%s is %v, want one of %q", at, v, values)}
		}
		return nil
	}
}

func either(r ...rule) rule {
	return func(at string, v any) []string {
		var all []string
		for _, r := range r {
			found := r(at, v)
			if found == nil {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
}

func pattern(re string) rule {
	compiled := regexp.MustCompile(re)
	return func(at string, v any) []string {
		if s, ok := v.(string); !ok || !compiled.MatchString(s) {
			return []string{fmt.Sprintf("%s is %v, want %s", at, v, re)}
		}
		return nil
	}
}

func list(each rule) rule {
	return func(at string, v any) (out []string) {
		vs, ok := v.([]any)
		if !ok {
			return []string{at + " is no list"}
		}
		for i, v := range vs {
			out = append(out, each(fmt.Sprintf("%s[%d]", at, i), v)...)
		}
		return out
	}
}

// contains is a list of texts with at least one that is one of these.
func contains(values ...string) rule {
	return func(at string, v any) []string {
		out := list(text)(at, v)
		vs, _ := v.([]any)
		if !slices.ContainsFunc(vs, func(v any) bool { s, _ := v.(string); return slices.Contains(values, s) }) {
			out = append(out, fmt.Sprintf("%s has none of %q", at, values))
		}
		return out
	}
}

func all(rs ...rule) rule {
	return func(at string, v any) (out []string) {
		for _, r := range rs {
			out = append(out, r(at, v)...)
		}
		return out
	}
}

type properties map[string]rule

func object(required []string, props properties) rule {
	return func(at string, v any) (out []string) {
		o, ok := v.(map[string]any)
		if !ok {
			return []string{at + " is no object"}
		}
		for _, name := range required {
			if _, ok := o[name]; !ok {
				out = append(out, at+" lacks "+name)
			}
		}
		for name, v := range o {
			if r, ok := props[name]; ok {
				out = append(out, r(at+"."+name, v)...)
			} else {
				out = append(out, at+" may not have "+name)
			}
		}
		return out
	}
}

func contexts(at string, v any) (out []string) {
	vs, _ := v.([]any)
	if len(vs) < 2 {
		return []string{at + " has fewer than two contexts"}
	}
	out = append(out, oneOf("https://www.w3.org/ns/credentials/v2")(at+"[0]", vs[0])...)
	out = append(out, pattern(`^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-3\.\d\.\d)*\.json$`)(at+"[1]", vs[1])...)
	for i, v := range vs[2:] {
		if _, ok := v.(map[string]any); !ok {
			out = append(out, text(fmt.Sprintf("%s[%d]", at, i+2), v)...)
		}
	}
	return out
}

var (
	extension       = pattern(`(ext:)[a-z|A-Z|0-9|.|-|_]+`)
	identifierTypes = either(oneOf("name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress", "nationalIdentityNumber", "isbn", "issn", "lisSourcedId", "oneRosterSourcedId",
		"sisSourcedId", "ltiContextId", "ltiDeploymentId", "ltiToolId", "ltiPlatformId", "ltiUserId", "identifier"), extension)
	achievementTypes = either(oneOf("Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge", "BachelorDegree", "Certificate", "CertificateOfCompletion",
		"Certification", "CommunityService", "Competency", "Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork", "GeneralEducationDevelopment", "JourneymanCertificate",
		"LearningProgram", "License", "Membership", "ProfessionalDoctorate", "QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential", "ResearchDoctorate",
		"SecondarySchoolDiploma"), extension)
	resultTypes = either(oneOf("GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "RawScore", "Result", "RubricCriterion", "RubricCriterionLevel", "RubricScore", "ScaledScore",
		"Status"), extension)
	typed   = object([]string{"id", "type"}, properties{"id": uri, "type": text})
	profile = object([]string{"id", "type"}, properties{"id": uri, "type": contains("Profile"), "name": text, "url": uri, "description": text})
	result  = object([]string{"type"}, properties{
		"type": contains("Result"), "achievedLevel": text, "resultDescription": uri, "value": text,
		"status": oneOf("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"),
	})
	resultDescription = object([]string{"id", "type", "name", "resultType"}, properties{
		"id": uri, "type": contains("ResultDescription"), "name": text, "resultType": resultTypes, "allowedValue": list(text), "requiredLevel": text, "requiredValue": text, "valueMax": text, "valueMin": text,
	})
	achievement = object([]string{"id", "type", "criteria", "description", "name"}, properties{
		"id": uri, "type": contains("Achievement"), "achievementType": achievementTypes, "criteria": object(nil, properties{"id": uri, "narrative": text}), "description": text,
		"fieldOfStudy": text, "inLanguage": pattern(`^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`), "name": text, "resultDescription": list(resultDescription), "version": text,
	})
	identity = object([]string{"type", "hashed", "identityHash", "identityType"}, properties{
		"type": oneOf("IdentityObject"), "hashed": boolean, "identityHash": text, "identityType": identifierTypes, "salt": text,
	})
	subject = object([]string{"type", "achievement"}, properties{
		"id": uri, "type": contains("AchievementSubject"), "activityEndDate": moment, "activityStartDate": moment, "achievement": achievement, "identifier": list(identity), "result": list(result),
	})
	achievementCredential = object([]string{"@context", "id", "type", "credentialSubject", "issuer", "validFrom"}, properties{
		"@context": contexts, "id": uri, "type": all(contains("VerifiableCredential"), contains("AchievementCredential", "OpenBadgeCredential")), "name": text, "description": text, "awardedDate": moment,
		"credentialSubject": subject, "issuer": either(uri, profile), "validFrom": moment, "validUntil": moment, "credentialSchema": list(typed), "credentialStatus": typed,
		"iss": uri, "jti": uri, "sub": uri, "nbf": seconds, "exp": seconds, // the claims of the JWT that stand beside them
	})
)

// beyondSchema are rules of the specification's text that its schema does not hold.
func beyondSchema(d Document) (out []string) {
	s := d.CredentialSubject
	if s.ID == "" && len(s.Identifier) == 0 {
		out = append(out, "the subject has neither id nor identifier")
	}
	described := map[string]ResultDescription{}
	for _, r := range s.Achievement.ResultDescription {
		if _, twice := described[r.ID]; twice {
			out = append(out, "two result descriptions are called "+r.ID)
		}
		described[r.ID] = r
		if r.RequiredValue != "" && !within(r, r.RequiredValue) {
			out = append(out, "requiredValue "+r.RequiredValue+" is no value of "+r.ID)
		}
	}
	for _, r := range s.Result {
		by, ok := described[r.ResultDescription]
		if !ok {
			out = append(out, "a result is described by "+r.ResultDescription+", which is not in the achievement")
		}
		if (by.ResultType == "Status") != (r.Status != "") || (r.Status != "") == (r.Value != "") {
			out = append(out, "status goes with result descriptions of type Status, and with those only, and a value with the others")
		}
		if r.Value != "" && !within(by, r.Value) {
			out = append(out, "value "+r.Value+" lies outside of "+by.ID)
		}
	}
	if d.ValidUntil != "" && d.ValidUntil <= d.ValidFrom { // both in UTC to the second
		out = append(out, "it ends before it begins")
	}
	if d.CredentialStatus == nil || d.CredentialStatus.Type != "1EdTechRevocationList" || len(d.CredentialSchema) != 1 || d.CredentialSchema[0].Type != "1EdTechJsonSchemaValidator2019" ||
		!slices.Contains(d.Context, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json") {
		out = append(out, "status method or schema are of types that no context defines")
	}
	for _, i := range s.Identifier {
		if i.Hashed && !regexp.MustCompile(`^(md5\$[0-9a-fA-F]{32}|sha256\$[0-9a-fA-F]{64})$`).MatchString(i.IdentityHash) {
			out = append(out, "identityHash "+i.IdentityHash)
		}
	}
	return out
}

// within reports whether a value is one of those that a result description of type Percent lets through.
func within(r ResultDescription, value string) bool {
	v, wrong := strconv.ParseFloat(value, 64)
	low, wrongLow := strconv.ParseFloat(r.ValueMin, 64)
	high, wrongHigh := strconv.ParseFloat(r.ValueMax, 64)
	return wrong == nil && wrongLow == nil && wrongHigh == nil && low <= v && v <= high
}

func TestCredentialsKeepTheRulesOfTheSchema(t *testing.T) {
	for name, change := range map[string]func(*Claim){
		"as it is":   func(*Claim) {},
		"not passed": func(c *Claim) { c.Passed, c.Percent10 = false, 412 },
		"it ends":    func(c *Claim) { c.ValidUntil = c.ValidFrom.AddDate(1, 0, 0) },
		"plain name": func(c *Claim) { c.Identity = PlainName("Zoë Ångström") },
		"nothing but what must be": func(c *Claim) {
			*c = Claim{Base: c.Base, ID: c.ID, Subject: c.Subject, Test: c.Test, Name: "x", Identity: c.Identity, ValidFrom: c.ValidFrom, SatAt: c.SatAt}
		},
	} {
		c := claim()
		change(&c)
		d := c.Document()
		jwt, err := Sign(c.Base, d, testKey(1))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Verify(jwt, KeySet{public(testKey(1))}, c.ValidFrom)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, body := range [][]byte{s.Raw, marshal(t, d)} { // with the claims beside the properties and without
			var v any
			if err := json.Unmarshal(body, &v); err != nil {
				t.Fatal(err)
			}
			for _, found := range append(achievementCredential("credential", v), beyondSchema(d)...) {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
}

// TestTheRulesFindFaults breaks a credential in one place after another: each rule must be able to fail.
func TestTheRulesFindFaults(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{`"https://www.w3.org/ns/credentials/v2"`, `"https://www.w3.org/2018/credentials/v1"`, "credential.@context[0]"},
		{`context-3.0.3.json`, `context-3.json`, "credential.@context[1]"},
		{`"OpenBadgeCredential"`, `"Badge"`, "credential.type has none"},
		{`"VerifiableCredential"`, `"Credential"`, "credential.type has none"},
		{`"validFrom":"2026-11-22T10:20:30Z"`, `"validFrom":"2026-11-22"`, "no date-time"},
		{`"type":["Profile"]`, `"type":"Profile"`, "credential.issuer"},
		{`"AchievementSubject"`, `"Subject"`, "credentialSubject.type"},
		{`"hashed":true`, `"hashed":"yes"`, "hashed is neither"},
		{`"identityType":"emailAddress"`, `"identityType":"mail"`, "identityType"},
		{`"salt":`, `"pepper":`, "may not have pepper"},
		{`"achievementType":"Assessment"`, `"achievementType":"Test"`, "achievementType"},
		{`"criteria":`, `"criterion":`, "lacks criteria"},
		{`"inLanguage":"en"`, `"inLanguage":"English"`, "inLanguage"},
		{`"resultType":"Status"`, `"resultType":"Verdict"`, "resultType"},
		{`"status":"Completed"`, `"status":"Passed"`, "status"},
		{`"value":"81.5"`, `"value":81.5`, "value is no text"},
		{`"credentialStatus":{"id":`, `"credentialStatus":{"url":`, "credentialStatus lacks id"},
		{`"activityEndDate"`, `"activityEnded"`, "may not have activityEnded"},
		{`"fieldOfStudy"`, `"fieldOfStudies"`, "may not have fieldOfStudies"},
		{`"validFrom"`, `"issuanceDate"`, "lacks validFrom"},
		{`"issuer":{"id":"https://coding.example.edu/verify/issuer"`, `"issuer":{"id":"/verify/issuer"`, "issuer.id is no absolute URI"},
		{`"id":"urn:uuid:0193a1b2-0000-7000-8000-000000000003"`, `"id":"the test"`, "achievement.id is no absolute URI"},
		{`"requiredValue":"80"`, `"requiredValue":80`, "requiredValue is no text"},
		{`"name":"Same-day surgery: passed"`, `"name":["Same-day surgery"]`, "credential.name is no text"},
	} {
		body := string(marshal(t, claim().Document()))
		changed := strings.Replace(body, c.from, c.to, 1)
		if changed == body {
			t.Errorf("%s is not in the credential", c.from)
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(changed), &v); err != nil {
			t.Fatal(err)
		}
		if found := strings.Join(achievementCredential("credential", v), "\n"); !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, want %q", c.to, found, c.want)
		}
	}
}

// TestWhatNoSchemaSays breaks the rules of the text of the specification.
func TestWhatNoSchemaSays(t *testing.T) {
	for want, spoil := range map[string]func(*Document){
		"neither id nor identifier": func(d *Document) { d.CredentialSubject.ID, d.CredentialSubject.Identifier = "", nil },
		"not in the achievement":    func(d *Document) { d.CredentialSubject.Result[0].ResultDescription += "x" },
		"are called":                func(d *Document) { r := d.CredentialSubject.Achievement.ResultDescription; r[1].ID = r[0].ID },
		"status goes with":          func(d *Document) { d.CredentialSubject.Result[3].Value = "1" },
		"lies outside":              func(d *Document) { d.CredentialSubject.Result[0].Value = "100.1" },
		"is no value of":            func(d *Document) { d.CredentialSubject.Achievement.ResultDescription[0].RequiredValue = "80 %" },
		"identityHash":              func(d *Document) { d.CredentialSubject.Identifier[0].IdentityHash = "sha256$00" },
		"ends before it begins":     func(d *Document) { d.ValidUntil = d.ValidFrom },
		"that no context defines":   func(d *Document) { d.Context = d.Context[:2] },
	} {
		d := claim().Document()
		spoil(&d)
		if found := strings.Join(beyondSchema(d), "\n"); !strings.Contains(found, want) {
			t.Errorf("found %q, want %q", found, want)
		}
	}
}
