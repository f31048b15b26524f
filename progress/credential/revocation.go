package credential

// RevocationList is the answer of the 1EdTech Revocation List Status Method: a credential is revoked when its id is in the list and revoked is
// true or left out.
type RevocationList struct {
	ID                 string    `json:"id"`
	Issuer             string    `json:"issuer"`
	RevokedCredentials []Revoked `json:"revokedCredentials"`
}

// Revoked is one credential that was revoked. The reason says who did it and no more: what staff wrote is not for everyone.
type Revoked struct {
	ID      string `json:"id"`
	Revoked bool   `json:"revoked"`
	Reason  string `json:"revocationReason,omitempty"`
}

// Withdrawn is a revocation by id.
type Withdrawn struct {
	ID       string // of the credential, a UUID
	ByHolder bool   // the person it is about took it back; else the issuer did
}

// Revocations is the list of a site.
func Revocations(base string, ws []Withdrawn) RevocationList {
	l := RevocationList{ID: revocationAddress(base), Issuer: issuerAddress(base), RevokedCredentials: []Revoked{}}
	for _, w := range ws {
		reason := "Withdrawn by the issuer."
		if w.ByHolder {
			reason = "Withdrawn by the person it is about."
		}
		l.RevokedCredentials = append(l.RevokedCredentials, Revoked{ID: Address(base, w.ID), Revoked: true, Reason: reason})
	}
	return l
}

// Has reports whether the list says that a credential, by its address, is revoked.
func (l RevocationList) Has(address string) bool {
	for _, r := range l.RevokedCredentials {
		if r.ID == address && r.Revoked {
			return true
		}
	}
	return false
}
