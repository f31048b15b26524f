package store

import (
	"context"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type messageRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	AboutKind string
	About     string
	LearnerID string
	AuthorID  string
	ClientKey string
	Text      string
	At        int64
}

func (messageRow) TableName() string { return "messages" }

func (r messageRow) message() progress.Message {
	return progress.Message{
		ID: progress.MessageID(r.ID), Org: progress.OrgID(r.OrgID), About: progress.About{Kind: progress.AboutKind(r.AboutKind), ID: r.About},
		Learner: progress.LearnerID(r.LearnerID), Author: progress.LearnerID(r.AuthorID), ClientKey: r.ClientKey, Text: r.Text, At: at(r.At),
	}
}

// AddMessage implements progress.ClassStore.
func (db *DB) AddMessage(ctx context.Context, org progress.OrgID, m progress.Message) error {
	row := messageRow{
		ID: string(m.ID), OrgID: string(org), AboutKind: string(m.About.Kind), About: m.About.ID, LearnerID: string(m.Learner), AuthorID: string(m.Author), ClientKey: m.ClientKey, Text: m.Text, At: ms(m.At),
	}
	return db.write(ctx, "add message", func(tx *gorm.DB) error {
		for _, l := range []progress.LearnerID{m.Learner, m.Author} {
			if err := db.here(tx, org, l); err != nil {
				return err
			}
		}
		return tx.Create(&row).Error
	})
}

// Messages implements progress.ClassStore.
func (db *DB) Messages(ctx context.Context, org progress.OrgID, about string) ([]progress.Message, error) {
	rows, err := queryOf[messageRow](db.read).Where("org_id = ? AND about = ?", org, about).Order("id").Find(ctx)
	return mapped(rows, messageRow.message), db.wrap("list messages", err)
}

// MessagesOf implements progress.ClassStore.
func (db *DB) MessagesOf(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.Message, error) {
	rows, err := queryOf[messageRow](db.read).Where("org_id = ? AND (learner_id = ? OR author_id = ?)", org, l, l).Order("id").Find(ctx)
	return mapped(rows, messageRow.message), db.wrap("list messages", err)
}

// MarkRead implements progress.ClassStore.
func (db *DB) MarkRead(ctx context.Context, org progress.OrgID, reader progress.LearnerID, about string, through progress.MessageID) error {
	return db.write(ctx, "mark read", func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO message_marks (org_id, reader_id, about, through) VALUES (?, ?, ?, ?)
			ON CONFLICT (org_id, reader_id, about) DO UPDATE SET through = excluded.through WHERE excluded.through > message_marks.through`, org, reader, about, through).Error
	})
}

// Unread implements progress.ClassStore.
func (db *DB) Unread(ctx context.Context, org progress.OrgID, reader progress.LearnerID, learners []progress.LearnerID) ([]progress.Message, error) {
	if len(learners) == 0 {
		return nil, nil
	}
	rows, err := queryOf[messageRow](db.read).Where(`org_id = ? AND learner_id IN ? AND author_id <> ? AND NOT EXISTS
		(SELECT 1 FROM message_marks k WHERE k.org_id = messages.org_id AND k.reader_id = ? AND k.about = messages.about AND k.through >= messages.id)`, org, learners, reader, reader).Order("id DESC").Find(ctx)
	return mapped(rows, messageRow.message), db.wrap("list unread messages", err)
}
