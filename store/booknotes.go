package store

import (
	"context"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type bookNoteRow struct {
	OrgID     string `gorm:"primaryKey"`
	LearnerID string `gorm:"primaryKey"`
	Part      string `gorm:"primaryKey"`
	Ref       string `gorm:"primaryKey"`
	Title     string
	Tabbed    int
	Body      string
	Rev       int64
	UpdatedAt int64 `gorm:"autoUpdateTime:false"`
}

func (bookNoteRow) TableName() string { return "book_notes" }

func (r bookNoteRow) note() progress.BookNote {
	return progress.BookNote{
		NotePlace: progress.NotePlace{Part: r.Part, Ref: r.Ref}, Title: r.Title, Tabbed: r.Tabbed == 1, Text: r.Body, Rev: r.Rev, UpdatedAt: at(r.UpdatedAt),
	}
}

const (
	oneNote = "org_id = ? AND learner_id = ? AND part = ? AND ref = ?"
	putNote = `INSERT INTO book_notes (org_id, learner_id, part, ref, title, tabbed, body, rev, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_id, learner_id, part, ref) DO UPDATE SET title = excluded.title, tabbed = excluded.tabbed, body = excluded.body, rev = excluded.rev, updated_at = excluded.updated_at`
)

// noteIn is the stored note of a place, the zero row when there is none.
func noteIn(tx *gorm.DB, org progress.OrgID, l progress.LearnerID, p progress.NotePlace) (bookNoteRow, error) {
	var rows []bookNoteRow
	if err := tx.Where(oneNote, org, l, p.Part, p.Ref).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return bookNoteRow{}, err
	}
	return rows[0], nil
}

func dropNote(tx *gorm.DB, org progress.OrgID, l progress.LearnerID, p progress.NotePlace) error {
	return tx.Exec("DELETE FROM book_notes WHERE "+oneNote, org, l, p.Part, p.Ref).Error
}

// SaveNote implements progress.NoteStore.
func (db *DB) SaveNote(ctx context.Context, org progress.OrgID, l progress.LearnerID, n progress.BookNote) (rev int64, err error) {
	err = db.write(ctx, "save note", func(tx *gorm.DB) error {
		have, err := noteIn(tx, org, l, n.NotePlace)
		if err != nil {
			return err
		}
		if rev = have.Rev; have.Body == n.Text {
			return nil
		}
		if rev != n.Rev {
			return progress.ErrStaleNote
		}
		// The clock keeps a revision from coming back after the note was removed: a tab left open holds an old one for good.
		rev = max(rev+1, ms(n.UpdatedAt))
		if n.Text == "" && have.Tabbed == 0 {
			return dropNote(tx, org, l, n.NotePlace)
		}
		return tx.Exec(putNote, org, l, n.Part, n.Ref, n.Title, have.Tabbed, n.Text, rev, ms(n.UpdatedAt)).Error
	})
	return rev, err
}

// SetTab implements progress.NoteStore.
func (db *DB) SetTab(ctx context.Context, org progress.OrgID, l progress.LearnerID, n progress.BookNote) error {
	return db.write(ctx, "set tab", func(tx *gorm.DB) error {
		have, err := noteIn(tx, org, l, n.NotePlace)
		if err != nil {
			return err
		}
		if have.Tabbed == bit(n.Tabbed) {
			return nil
		}
		if !n.Tabbed && have.Body == "" {
			return dropNote(tx, org, l, n.NotePlace)
		}
		return tx.Exec(putNote, org, l, n.Part, n.Ref, n.Title, bit(n.Tabbed), have.Body, have.Rev, ms(n.UpdatedAt)).Error
	})
}

// BookNote implements progress.NoteStore.
func (db *DB) BookNote(ctx context.Context, org progress.OrgID, l progress.LearnerID, p progress.NotePlace) (progress.BookNote, error) {
	rows, err := queryOf[bookNoteRow](db.read).Where(oneNote, org, l, p.Part, p.Ref).Limit(1).Find(ctx)
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return progress.BookNote{}, db.wrap("book note", err)
	}
	return rows[0].note(), nil
}

// BookNotes implements progress.NoteStore.
func (db *DB) BookNotes(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.BookNote, error) {
	rows, err := queryOf[bookNoteRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("updated_at DESC, part, ref").Find(ctx)
	if err != nil {
		return nil, db.wrap("list book notes", err)
	}
	return mapped(rows, bookNoteRow.note), nil
}

// DropNote implements progress.NoteStore.
func (db *DB) DropNote(ctx context.Context, org progress.OrgID, l progress.LearnerID, p progress.NotePlace, rev int64) error {
	return db.write(ctx, "drop note", func(tx *gorm.DB) error {
		have, err := noteIn(tx, org, l, p)
		if err != nil || have.Ref == "" {
			return err
		}
		if have.Rev != rev {
			return progress.ErrStaleNote
		}
		return dropNote(tx, org, l, p)
	})
}

// CountNotes implements progress.NoteStore.
func (db *DB) CountNotes(ctx context.Context, org progress.OrgID, l progress.LearnerID) (int, error) {
	n, err := queryOf[bookNoteRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Count(ctx)
	return int(n), db.wrap("count book notes", err)
}

// mergeNotes hands a guest's tabs and notes over to an account. Where both wrote at the same page, the account's words stand first and
// the guest's below: neither is lost. The revision is a new one, since both open pages hold half of it.
func mergeNotes(tx *gorm.DB, org progress.OrgID, guest, into progress.LearnerID, when int64) error {
	var rows []bookNoteRow
	if err := tx.Where("org_id = ? AND learner_id = ?", org, guest).Find(&rows).Error; err != nil {
		return err
	}
	for _, g := range rows {
		have, err := noteIn(tx, org, into, progress.NotePlace{Part: g.Part, Ref: g.Ref})
		if err != nil {
			return err
		}
		if have.Ref != "" {
			g.Tabbed = max(g.Tabbed, have.Tabbed)
			switch {
			case g.Body == "" || g.Body == have.Body:
				g.Body, g.Rev = have.Body, have.Rev
			case have.Body != "":
				g.Body, g.Rev = have.Body+"\n\n"+g.Body, max(g.Rev, have.Rev, when)+1
			default:
				g.Rev = max(g.Rev, have.Rev+1)
			}
			g.UpdatedAt = max(g.UpdatedAt, have.UpdatedAt)
		}
		if err := tx.Exec(putNote, org, into, g.Part, g.Ref, g.Title, g.Tabbed, g.Body, g.Rev, g.UpdatedAt).Error; err != nil {
			return err
		}
	}
	return tx.Exec("DELETE FROM book_notes WHERE org_id = ? AND learner_id = ?", org, guest).Error
}
