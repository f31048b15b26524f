package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type webhookRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	OwnerID   string
	ClientKey string
	URL       string
	Events    string
	Secret    string
	OldSecret string
	OldUntil  *int64
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (webhookRow) TableName() string { return "webhooks" }

func (r webhookRow) webhook() progress.Webhook {
	w := progress.Webhook{
		ID: progress.WebhookID(r.ID), Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID), ClientKey: r.ClientKey, URL: r.URL, Secret: r.Secret, OldSecret: r.OldSecret,
		OldUntil: atp(r.OldUntil), CreatedAt: at(r.CreatedAt),
	}
	for _, k := range strings.Split(strings.Trim(r.Events, ","), ",") {
		w.Events = append(w.Events, progress.WebhookKind(k))
	}
	return w
}

// eventsText is the kinds with a comma before, between and after, so that each can be looked for.
func eventsText(ks []progress.WebhookKind) string {
	text := ","
	for _, k := range ks {
		text += string(k) + ","
	}
	return text
}

// AddWebhook implements progress.HireAPIStore.
func (db *DB) AddWebhook(ctx context.Context, org progress.OrgID, w progress.Webhook, entry progress.AuditEntry) error {
	return db.write(ctx, "add webhook", func(tx *gorm.DB) error {
		if err := db.here(tx, org, w.Owner); err != nil {
			return err
		}
		row := webhookRow{
			ID: string(w.ID), OrgID: string(org), OwnerID: string(w.Owner), ClientKey: w.ClientKey, URL: w.URL, Events: eventsText(w.Events), Secret: w.Secret, OldSecret: w.OldSecret,
			OldUntil: msp(w.OldUntil), CreatedAt: ms(w.CreatedAt),
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// Webhooks implements progress.HireAPIStore.
func (db *DB) Webhooks(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.Webhook, error) {
	rows, err := queryOf[webhookRow](db.read).Where("org_id = ? AND (owner_id = ? OR ? = '')", org, owner, owner).Order("created_at DESC, id DESC").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list webhooks", err)
	}
	return mapped(rows, webhookRow.webhook), nil
}

// Webhook implements progress.HireAPIStore.
func (db *DB) Webhook(ctx context.Context, org progress.OrgID, id progress.WebhookID) (progress.Webhook, error) {
	r, err := queryOf[webhookRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.Webhook{}, db.wrap("webhook", err)
	}
	return r.webhook(), nil
}

// SetWebhookSecret implements progress.HireAPIStore.
func (db *DB) SetWebhookSecret(ctx context.Context, org progress.OrgID, w progress.Webhook, entry progress.AuditEntry) error {
	return db.write(ctx, "set secret of a webhook", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE webhooks SET secret = ?, old_secret = ?, old_until = ? WHERE org_id = ? AND id = ?", w.Secret, w.OldSecret, msp(w.OldUntil), org, w.ID)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// DropWebhook implements progress.HireAPIStore.
func (db *DB) DropWebhook(ctx context.Context, org progress.OrgID, id progress.WebhookID, entry progress.AuditEntry) error {
	return db.write(ctx, "drop webhook", func(tx *gorm.DB) error {
		// Whoever writes into its outbox meanwhile waits at the row of the endpoint, or is waited for.
		res := tx.Exec("UPDATE webhooks SET events = ',' WHERE org_id = ? AND id = ?", org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if err := each(tx, []step{
			{"DELETE FROM webhook_deliveries WHERE org_id = ? AND webhook_id = ?", []any{org, id}},
			{"DELETE FROM webhooks WHERE org_id = ? AND id = ?", []any{org, id}},
		}); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

type deliveryRow struct {
	ID           string `gorm:"primaryKey"`
	OrgID        string
	WebhookID    string
	Kind         string
	AssessmentID string
	CandidateID  string
	SittingID    string
	At           int64
	State        string
	Tries        int
	DueAt        int64
	GiveUpAt     int64
	Lease        string
	LeasedUntil  int64
	TriedAt      *int64
	Status       int
	Problem      string
}

func (deliveryRow) TableName() string { return "webhook_deliveries" }

func (r deliveryRow) delivery() progress.Delivery {
	return progress.Delivery{
		ID: progress.DeliveryID(r.ID), Org: progress.OrgID(r.OrgID), Webhook: progress.WebhookID(r.WebhookID), Kind: progress.WebhookKind(r.Kind), Assessment: progress.AssessmentID(r.AssessmentID),
		Candidate: progress.CandidateID(r.CandidateID), Sitting: progress.SittingID(r.SittingID), At: at(r.At), State: progress.DeliveryState(r.State), Tries: r.Tries, DueAt: at(r.DueAt),
		GiveUpAt: at(r.GiveUpAt), Lease: r.Lease, TriedAt: atp(r.TriedAt), Status: r.Status, Problem: r.Problem,
	}
}

// announce puts what happened to a candidate into the outbox, once for each endpoint of the test's owner that wants to hear of it. It is
// part of the unit of work in which it happens. The id follows from the endpoint, the kind and what it happened to, so that an event is
// there once whatever is tried again.
func announce(tx *gorm.DB, org progress.OrgID, kind progress.WebhookKind, candidate, sitting string, when time.Time) error {
	about := candidate
	if sitting != "" {
		about = sitting
	}
	return tx.Exec(`INSERT INTO webhook_deliveries (id, org_id, webhook_id, kind, assessment_id, candidate_id, sitting_id, at, state, tries, due_at, give_up_at, lease, leased_until, status, problem)
		SELECT 'msg_' || w.id || '_' || CAST(? AS TEXT), w.org_id, w.id, CAST(? AS TEXT), c.assessment_id, c.id, CAST(? AS TEXT), CAST(? AS BIGINT), 'waiting', 0, CAST(? AS BIGINT), CAST(? AS BIGINT), '', 0, 0, ''
		FROM candidates c JOIN assessments a ON a.id = c.assessment_id JOIN webhooks w ON w.org_id = a.org_id AND w.owner_id = a.owner_id
		WHERE c.org_id = ? AND c.id = ? AND a.preview_of IS NULL AND w.events LIKE ? ON CONFLICT (id) DO NOTHING`,
		strings.ReplaceAll(string(kind), ".", "_")+"_"+about, kind, sitting, ms(when), ms(when), ms(when.Add(progress.DeliveryLife)), org, candidate, "%,"+string(kind)+",%").Error
}

// announceSitting is announce for what happened to a sitting; nothing where it is no candidate's at the test.
func announceSitting(tx *gorm.DB, org progress.OrgID, kind progress.WebhookKind, sitting progress.SittingID, when time.Time) error {
	var of []string
	err := tx.Raw(`SELECT c.id FROM sittings s JOIN candidates c ON c.org_id = s.org_id AND c.learner_id = s.learner_id WHERE s.org_id = ? AND s.id = ? AND s.exam = 'hire-' || c.assessment_id`,
		org, sitting).Scan(&of).Error
	if err != nil || len(of) == 0 {
		return err
	}
	return announce(tx, org, kind, of[0], string(sitting), when)
}

// Deliveries implements progress.HireAPIStore.
func (db *DB) Deliveries(ctx context.Context, org progress.OrgID, w progress.WebhookID, limit int) ([]progress.Delivery, error) {
	rows, err := queryOf[deliveryRow](db.read).Where("org_id = ? AND webhook_id = ?", org, w).Order("at DESC, id DESC").Limit(limit).Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list deliveries", err)
	}
	return mapped(rows, deliveryRow.delivery), nil
}

// SendAgain implements progress.HireAPIStore.
func (db *DB) SendAgain(ctx context.Context, org progress.OrgID, w progress.WebhookID, id progress.DeliveryID, due, giveUp time.Time, entry progress.AuditEntry) error {
	return db.write(ctx, "send again", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE webhook_deliveries SET state = 'waiting', tries = 0, due_at = ?, give_up_at = ?, lease = '', leased_until = 0 WHERE org_id = ? AND webhook_id = ? AND id = ?",
			ms(due), ms(giveUp), org, w, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// LeaseDeliveries implements progress.HireAPIStore.
func (db *DB) LeaseDeliveries(ctx context.Context, now, until time.Time, lease string, limit int) ([]progress.Delivery, error) {
	var n int64
	if err := db.read.WithContext(ctx).Raw("SELECT COUNT(*) FROM (SELECT 1 FROM webhook_deliveries WHERE state = 'waiting' AND due_at <= ? AND leased_until <= ? LIMIT 1) due", ms(now), ms(now)).Scan(&n).Error; err != nil || n == 0 {
		return nil, db.wrap("look for deliveries", err) // the timer comes often and seldom finds one: it writes nothing then
	}
	var rows []deliveryRow
	err := db.write(ctx, "lease deliveries", func(tx *gorm.DB) error {
		rows = nil
		// The outer condition is looked at again where another server has just taken a row.
		err := tx.Exec(`UPDATE webhook_deliveries SET lease = ?, leased_until = ? WHERE state = 'waiting' AND leased_until <= ?
			AND id IN (SELECT id FROM webhook_deliveries WHERE state = 'waiting' AND due_at <= ? AND leased_until <= ? ORDER BY due_at, id LIMIT ?)`,
			lease, ms(until), ms(now), ms(now), ms(now), limit).Error
		if err != nil {
			return err
		}
		return tx.Where("lease = ?", lease).Order("due_at, id").Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	return mapped(rows, deliveryRow.delivery), nil
}

// SettleDelivery implements progress.HireAPIStore.
func (db *DB) SettleDelivery(ctx context.Context, d progress.Delivery) error {
	return db.write(ctx, "settle delivery", func(tx *gorm.DB) error {
		return tx.Exec("UPDATE webhook_deliveries SET state = ?, tries = ?, due_at = ?, lease = '', leased_until = 0, tried_at = ?, status = ?, problem = ? WHERE org_id = ? AND id = ? AND lease = ?",
			d.State, d.Tries, ms(d.DueAt), msp(d.TriedAt), d.Status, d.Problem, d.Org, d.ID, d.Lease).Error
	})
}

// SweepDeliveries implements progress.HireAPIStore.
func (db *DB) SweepDeliveries(ctx context.Context, replies, deliveries time.Time) (n int, err error) {
	err = db.write(ctx, "sweep deliveries", func(tx *gorm.DB) error {
		n = 0
		for sql, before := range map[string]time.Time{"DELETE FROM api_replies WHERE at < ?": replies, "DELETE FROM webhook_deliveries WHERE state <> 'waiting' AND at < ?": deliveries} {
			res := tx.Exec(sql, ms(before))
			if res.Error != nil {
				return res.Error
			}
			n += int(res.RowsAffected)
		}
		return nil
	})
	return n, err
}
