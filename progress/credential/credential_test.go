package credential

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

// testKey is the same key for the same number.
func testKey(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func claim() Claim {
	at := time.Date(2026, 11, 22, 10, 20, 30, 400_000_000, time.UTC)
	return Claim{
		Base: "https://coding.example.edu", ID: "0193a1b2-0000-7000-8000-000000000001", Subject: "0193a1b2-0000-7000-8000-000000000002", IssuerName: "Example Health",
		Identity: HashedIdentity(ByEmail, "ada@example.org", "5e884898da280471"),
		Test:     "0193a1b2-0000-7000-8000-000000000003", Name: "Same-day surgery", Description: "A hiring test of 40 items.", Criteria: "Reach 80 per cent.", Version: "ICD-10-CM 2026, revision 3",
		Percent10: 815, Low10: 703, High10: 887, Coverage: 90, Pass10: 800, Passed: true, SatAt: at.Add(-time.Hour), ValidFrom: at,
	}
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sign(t testing.TB, c Claim, k ed25519.PrivateKey) string {
	t.Helper()
	jwt, err := Sign(c.Base, c.Document(), k)
	if err != nil {
		t.Fatal(err)
	}
	return jwt
}

// TestAnIndependentLibraryVerifies has go-jose read the key set as it is served, find the key by the kid of the header, and verify.
func TestAnIndependentLibraryVerifies(t *testing.T) {
	c := claim()
	c.ValidUntil = c.ValidFrom.AddDate(0, 6, 0)
	jwt := sign(t, c, testKey(2))
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(marshal(t, KeySet{public(testKey(1)), public(testKey(2))}.JWKS(c.Base)), &set); err != nil {
		t.Fatal(err)
	}
	jws, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	head := jws.Signatures[0].Protected
	found := set.Key(head.KeyID)
	if len(found) != 1 || !found[0].Valid() || !found[0].IsPublic() {
		t.Fatalf("kid %q finds %d keys of the set", head.KeyID, len(found))
	}
	if head.ExtraHeaders[jose.HeaderType] != "JWT" || head.Algorithm != "EdDSA" || head.JSONWebKey != nil {
		t.Errorf("header: %+v", head)
	}
	body, err := jws.Verify(found[0])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Iss, Jti, Sub string
		Nbf, Exp      int64
	}
	if err := json.Unmarshal(body, &claims); err != nil {
		t.Fatal(err)
	}
	d := c.Document()
	if claims.Iss != d.Issuer.ID || claims.Jti != d.ID || claims.Sub != d.CredentialSubject.ID || claims.Nbf != c.ValidFrom.Unix() || claims.Exp != c.ValidUntil.Unix() {
		t.Errorf("claims %+v do not say what the credential says", claims)
	}
	if _, err := jws.Verify(set.Keys[0]); err == nil {
		t.Error("another key of the set verifies it too")
	}
	print, err := found[0].Thumbprint(5) // crypto.SHA256
	if err != nil || b64.EncodeToString(print) != Thumbprint(public(testKey(2))) {
		t.Errorf("thumbprints differ: %v", err)
	}
}

// TestWeVerifyWhatAnotherLibrarySigned goes the other way.
func TestWeVerifyWhatAnotherLibrarySigned(t *testing.T) {
	c := claim()
	key := testKey(3)
	body := strings.TrimSuffix(string(marshal(t, c.Document())), "}") + `,"iss":"https://coding.example.edu/verify/issuer","jti":"` + c.Document().ID + `","nbf":1795342830,"sub":"urn:uuid:` + c.Subject + `"}`
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", KeyAddress(c.Base, Thumbprint(public(key)))))
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Verify(jwt, KeySet{public(key)}, c.ValidFrom.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c.Document(), s.Document); d != "" {
		t.Errorf("it came back changed (-want +got):\n%s", d)
	}
	if ours := sign(t, c, key); ours == "" || strings.Split(ours, ".")[1] != strings.Split(jwt, ".")[1] {
		t.Error("the payload that we write is another")
	}
}

func TestThumbprintOfRFC8037(t *testing.T) {
	x, err := b64.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") // appendix A.2
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Thumbprint(x), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; got != want { // appendix A.3
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVerifyRefuses(t *testing.T) {
	c := claim()
	c.ValidUntil = c.ValidFrom.AddDate(1, 0, 0)
	good := sign(t, c, testKey(1))
	keys := KeySet{public(testKey(1))}
	parts := strings.Split(good, ".")
	header := func(h string) string { return b64.EncodeToString([]byte(h)) + "." + parts[1] + "." + parts[2] }
	kid := KeyAddress(c.Base, Thumbprint(public(testKey(1))))
	signed := func(body string) string {
		text := parts[0] + "." + b64.EncodeToString([]byte(body))
		return text + "." + b64.EncodeToString(ed25519.Sign(testKey(1), []byte(text)))
	}
	body, _ := b64.DecodeString(parts[1])
	edit := func(from, to string) string {
		if !strings.Contains(string(body), from) {
			t.Fatalf("%s is not in the credential", from)
		}
		return strings.Replace(string(body), from, to, 1)
	}
	forged := parts[0] + "." + b64.EncodeToString([]byte(edit(`"value":"81.5"`, `"value":"99.5"`))) + "." + parts[2]
	for _, x := range []struct {
		name, jwt string
		want      error
	}{
		{"nothing", "", ErrForm},
		{"two parts", parts[0] + "." + parts[1], ErrForm},
		{"four parts", good + ".x", ErrForm},
		{"too long", strings.Repeat("a", maxJWT+1), ErrForm},
		{"padding", parts[0] + "=." + parts[1] + "." + parts[2], ErrForm},
		{"a line break", parts[0] + "\n." + parts[1] + "." + parts[2], ErrForm},
		{"no algorithm", header(`{"alg":"none","kid":"` + kid + `"}`), ErrForm},
		{"a shared secret", header(`{"alg":"HS256","kid":"` + kid + `"}`), ErrForm},
		{"another type", header(`{"alg":"EdDSA","kid":"` + kid + `","typ":"at+jwt"}`), ErrForm},
		{"critical headers", header(`{"alg":"EdDSA","kid":"` + kid + `","crit":["exp"]}`), ErrForm},
		{"a key in the header", header(`{"alg":"EdDSA","kid":"` + kid + `","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"}}`), ErrForm},
		{"no kid", header(`{"alg":"EdDSA"}`), ErrUnknownKey},
		{"another header", header(`{"alg":"EdDSA","kid":"` + kid + `"}`), ErrSignature},
		{"another's key", sign(t, c, testKey(2)), ErrUnknownKey},
		{"another score", forged, ErrSignature},
		{"a short signature", parts[0] + "." + parts[1] + "." + parts[2][:80], ErrSignature},
		{"signed, but no object", signed(`[]`), ErrForm},
		{"signed, but of another issuer", signed(edit(`"iss":"https://coding`, `"iss":"https://other`)), ErrClaims},
		{"signed, but of another id", signed(edit(`"jti":"https://coding`, `"jti":"https://other`)), ErrClaims},
		{"signed, but of another subject", signed(edit(`"sub":"urn`, `"sub":"arn`)), ErrClaims},
		{"signed, but from another moment", signed(edit(`"nbf":17`, `"nbf":16`)), ErrClaims},
		{"signed, but to another moment", signed(edit(`"exp":18`, `"exp":19`)), ErrClaims},
		{"signed, but without its end", signed(edit(`"validUntil"`, `"validTill"`)), ErrClaims},
		{"signed, but without a claim", signed(edit(`"sub"`, `"subject"`)), ErrClaims},
	} {
		if s, err := Verify(x.jwt, keys, c.ValidFrom); !errors.Is(err, x.want) || s.ID != "" {
			t.Errorf("%s: got %q, %v, want %v and nothing", x.name, s.ID, err, x.want)
		}
	}
	for _, x := range []struct {
		at   time.Time
		want error
	}{
		{c.ValidFrom.Truncate(time.Second).Add(-time.Second), ErrNotYetValid}, {c.ValidFrom, nil}, {c.ValidUntil.Truncate(time.Second).Add(-time.Second), nil}, {c.ValidUntil.Truncate(time.Second), ErrExpired},
	} {
		if s, err := Verify(good, keys, x.at); !errors.Is(err, x.want) || s.ID == "" {
			t.Errorf("at %s: got %v, want %v with the credential", x.at, err, x.want)
		}
	}
	if got, err := KeyID(good); got != kid || err != nil {
		t.Errorf("kid %q, %v", got, err)
	}
}

// TestEveryByteCounts changes each character of a credential: none of them verifies.
func TestEveryByteCounts(t *testing.T) {
	c := claim()
	good := sign(t, c, testKey(1))
	keys := KeySet{public(testKey(1))}
	for i := range good {
		for _, with := range []byte{'A', 'B', '.'} {
			changed := good[:i] + string(with) + good[i+1:]
			if _, err := Verify(changed, keys, c.ValidFrom); (err == nil) != (changed == good) {
				t.Fatalf("character %d changed to %c: %v", i, with, err)
			}
		}
	}
}

func TestFiguresComeBack(t *testing.T) {
	d := claim().Document()
	if got, want := d.Figures(), (Figures{Score: "81.5", Low: "70.3", High: "88.7", Pass: "80", Status: "Completed"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if id, ok := d.Local(); !ok || id != claim().ID {
		t.Errorf("local id %q, %t", id, ok)
	}
	for _, other := range []string{"", "urn:uuid:1", "https://a.example/credentials/1", "https://a.example/verify/"} {
		if id, ok := (Document{ID: other}).Local(); ok {
			t.Errorf("%q gives %q", other, id)
		}
	}
	if got := (Document{}).Figures(); got != (Figures{}) {
		t.Errorf("figures of nothing: %+v", got)
	}
}

func TestIdentity(t *testing.T) {
	// The example of the specification, section B.6.4.
	if got, want := HashedIdentity(ByEmail, "a@example.com", "Kosher").IdentityHash, "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, c := range []struct {
		i    Identity
		text string
		want bool
	}{
		{HashedIdentity(ByEmail, "Ada@Example.org", "s"), " ada@example.ORG ", true},
		{HashedIdentity(ByEmail, "ada@example.org", "s"), "ada@example.com", false},
		{HashedIdentity(ByEmail, "ada@example.org", "s"), "", false},
		{HashedIdentity(ByName, "Ada  Byron", "s"), "Ada Byron", true},
		{HashedIdentity(ByName, "Ada Byron", "s"), "ada byron", false},
		{PlainName("Ada Byron"), "ada  byron", true},
		{PlainName("Ada Byron"), "Ada", false},
		{Identity{Hashed: true, IdentityHash: "sha256$", IdentityType: ByName}, "", false},
	} {
		if got := c.i.Is(c.text); got != c.want {
			t.Errorf("%+v is %q: %t", c.i, c.text, got)
		}
	}
	if i := HashedIdentity(ByEmail, "ada@example.org", "s"); strings.Contains(string(marshal(t, i)), "ada") {
		t.Errorf("the e-mail can be read: %+v", i)
	}
}

func TestRevocationList(t *testing.T) {
	l := Revocations("https://a.example", []Withdrawn{{ID: "1"}, {ID: "2", ByHolder: true}})
	want := `{"id":"https://a.example/verify/revoked.json","issuer":"https://a.example/verify/issuer","revokedCredentials":[` +
		`{"id":"https://a.example/verify/1","revoked":true,"revocationReason":"Withdrawn by the issuer."},` +
		`{"id":"https://a.example/verify/2","revoked":true,"revocationReason":"Withdrawn by the person it is about."}]}`
	if got := string(marshal(t, l)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !l.Has("https://a.example/verify/1") || l.Has("https://a.example/verify/3") {
		t.Error("the list does not find what is in it")
	}
	if got := string(marshal(t, Revocations("https://a.example", nil))); !strings.Contains(got, `"revokedCredentials":[]`) {
		t.Errorf("an empty list is %s", got)
	}
	c := claim().Document()
	if c.CredentialStatus.ID != Revocations(claim().Base, nil).ID {
		t.Error("the credential points at another list")
	}
}

func TestKeySets(t *testing.T) {
	one, two := public(testKey(1)), public(testKey(2))
	set := KeySet{one, two, one}.JWKS("https://a.example")
	if len(set.Keys) != 2 {
		t.Fatalf("%d keys, want each once", len(set.Keys))
	}
	if body := string(marshal(t, set)); strings.Contains(body, `"d"`) {
		t.Errorf("a private part is in the set: %s", body)
	}
	for i, want := range []ed25519.PublicKey{one, two} {
		got, err := set.Keys[i].Public()
		if err != nil || !got.Equal(want) {
			t.Errorf("key %d came back as %x, %v", i, got, err)
		}
	}
	for _, bad := range []JWK{{}, {KeyType: "RSA"}, {KeyType: "OKP", Curve: "X25519", X: set.Keys[0].X}, {KeyType: "OKP", Curve: "Ed25519", X: "AA"}} {
		if _, err := bad.Public(); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if body := string(marshal(t, KeySet{}.JWKS(""))); body != `{"keys":[]}` {
		t.Errorf("an empty set is %s", body)
	}
}

// FuzzVerify: whatever is pasted, nothing falls over, and only what was signed verifies.
func FuzzVerify(f *testing.F) {
	c := claim()
	good := sign(f, c, testKey(1))
	parts := strings.Split(good, ".")
	f.Add(good)
	f.Add("")
	f.Add("..")
	f.Add(parts[0] + "..")
	f.Add(parts[0] + "." + parts[1] + ".")
	f.Add(sign(f, c, testKey(2)))
	keys := KeySet{public(testKey(1))}
	f.Fuzz(func(t *testing.T, jwt string) {
		s, err := Verify(jwt, keys, c.ValidFrom)
		if err == nil && jwt != good {
			t.Errorf("%q verifies as %q", jwt, s.ID)
		}
	})
}
