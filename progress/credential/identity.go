package credential

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// Identity recognises a subject: by a salted hash, or by the plain text where the person chose that.
type Identity struct {
	Type         string `json:"type"`
	Hashed       bool   `json:"hashed"`
	IdentityHash string `json:"identityHash"`
	IdentityType string `json:"identityType"`
	Salt         string `json:"salt,omitempty"`
}

// What an identity is made of.
const (
	ByEmail = "emailAddress"
	ByName  = "name"
)

// HashedIdentity is the salted SHA-256 of an e-mail or name, written "sha256$" and hexadecimal digits over the text followed by the salt
// (specification, section B.6.4). E-mails are folded to lower case and runs of white space in a name to one blank, so that the same person
// is recognised however it is typed.
func HashedIdentity(kind, text, salt string) Identity {
	sum := sha256.Sum256([]byte(fold(kind, text) + salt))
	return Identity{Type: "IdentityObject", Hashed: true, IdentityHash: "sha256$" + hex.EncodeToString(sum[:]), IdentityType: kind, Salt: salt}
}

// PlainName is a name that everyone who has the credential can read.
func PlainName(name string) Identity {
	return Identity{Type: "IdentityObject", IdentityHash: fold(ByName, name), IdentityType: ByName}
}

// Is reports whether a text is the e-mail or name that the identity was made of.
func (i Identity) Is(text string) bool {
	if !i.Hashed {
		return strings.EqualFold(fold(i.IdentityType, text), i.IdentityHash)
	}
	want := HashedIdentity(i.IdentityType, text, i.Salt).IdentityHash
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(i.IdentityHash))) == 1
}

func fold(kind, text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if kind == ByEmail {
		text = strings.ToLower(text)
	}
	return text
}
