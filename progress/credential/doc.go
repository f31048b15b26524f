// Package credential makes, signs and reads credentials of results: Open Badges 3.0 AchievementCredentials (1EdTech, "Open Badges
// Specification", version 3.0) in the W3C Verifiable Credentials Data Model 2.0, secured as a JWT by an Ed25519 signature (RFC 7515, 7519,
// 8037). It makes the addresses of a credential and of its issuer, the key set that others verify with (RFC 7517), the 1EdTech Revocation
// List (1EdTech, "Revocation List Status Method", version 1.0), and the salted hash by which a subject is recognised.
//
// It keeps nothing, fetches nothing, asks no clock and draws nothing at random: keys, time, ids and salts are handed in. Whether a credential
// has been revoked is not in the credential, so Verify does not say it.
package credential
