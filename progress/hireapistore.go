package progress

import (
	"context"
	"time"
)

// HireAPIStore keeps tokens of the API, endpoints and the outbox. Storage writes the outbox itself, in the unit of work of what happened:
// ConsentCandidate, AddSitting, HandIn, RecordSitting and EraseCandidate put a delivery of their kind into it for each endpoint of the
// test's owner that wants it.
type HireAPIStore interface {
	// AddAPIToken keeps a token and gives it as kept. Where the owner has one of this client key, that one gets the new hash and counts as not
	// revoked. ErrNotFound: the owner is not there.
	AddAPIToken(ctx context.Context, org OrgID, t APIToken, entry AuditEntry) (APIToken, error)
	// APITokens lists an owner's, or for "" all, the newest first.
	APITokens(ctx context.Context, org OrgID, owner LearnerID) ([]APIToken, error)
	APIToken(ctx context.Context, org OrgID, id APITokenID) (APIToken, error) // ErrNotFound
	// APITokenByHash finds a token in any organisation, with its owner; ErrNotFound. Revoked and expired ones are found, erased owners not.
	APITokenByHash(ctx context.Context, hash string) (APIToken, Learner, error)
	RevokeAPIToken(ctx context.Context, org OrgID, id APITokenID, entry AuditEntry) error // ErrNotFound; fine again
	TouchAPIToken(ctx context.Context, org OrgID, id APITokenID, at time.Time) error
	// BeginReply keeps a reply that is yet to be made, unless the token has one of this key; what is kept comes back.
	BeginReply(ctx context.Context, org OrgID, r APIReply) (APIReply, error)
	// FinishReply keeps status and body of a reply. It is fine with one that is not there any more.
	FinishReply(ctx context.Context, org OrgID, r APIReply) error

	// AddWebhook keeps an endpoint. ErrDuplicate: the owner has one of this client key. ErrNotFound: the owner is not there.
	AddWebhook(ctx context.Context, org OrgID, w Webhook, entry AuditEntry) error
	Webhooks(ctx context.Context, org OrgID, owner LearnerID) ([]Webhook, error) // the newest first; "": everyone's
	Webhook(ctx context.Context, org OrgID, id WebhookID) (Webhook, error)       // ErrNotFound
	// SetWebhookSecret replaces the secrets of an endpoint whose secret is still before, else ErrConflict; ErrNotFound.
	SetWebhookSecret(ctx context.Context, org OrgID, w Webhook, before string, entry AuditEntry) error
	// ReplaceWebhookSecrets puts other secrets in the place of those that begin with a prefix, in all organisations and all at once, and says
	// of how many endpoints. An error of with leaves all as it was.
	ReplaceWebhookSecrets(ctx context.Context, prefix string, with func(Webhook) (Webhook, error)) (int, error)
	// DropWebhook takes an endpoint and its log away; ErrNotFound.
	DropWebhook(ctx context.Context, org OrgID, id WebhookID, entry AuditEntry) error
	// Deliveries lists an endpoint's, the newest event first, at most limit.
	Deliveries(ctx context.Context, org OrgID, w WebhookID, limit int) ([]Delivery, error)
	// SendAgain makes a delivery wait for its first try at a moment, to be given up at another; ErrNotFound: the endpoint has none of this id.
	SendAgain(ctx context.Context, org OrgID, w WebhookID, id DeliveryID, due, giveUp time.Time, entry AuditEntry) error
	// LeaseDeliveries marks deliveries of all organisations that are due and held by nobody as held, by a name nobody else has, until a moment.
	LeaseDeliveries(ctx context.Context, now, until time.Time, lease string, limit int) ([]Delivery, error)
	// SettleDelivery keeps what came of a try, as long as its lease still holds.
	SettleDelivery(ctx context.Context, d Delivery) error
	// SweepDeliveries drops replies and finished deliveries that are older than the moments, and says how many rows went.
	SweepDeliveries(ctx context.Context, replies, deliveries time.Time) (int, error)
}
