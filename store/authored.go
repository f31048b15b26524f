package store

import (
	"context"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type authoredRow struct {
	ID       string `gorm:"primaryKey"`
	OrgID    string
	Path     string
	Revision int
	Base     int
	State    string
	Gone     int
	Body     string
	Hash     string
	AuthorID string
	Message  string
	At       int64
}

func (authoredRow) TableName() string { return "authored_files" }

// authoredHead are the columns without the text.
const authoredHead = "id, org_id, path, revision, base, state, gone, hash, author_id, message, at"

func (r authoredRow) file() progress.AuthoredFile {
	return progress.AuthoredFile{
		ID: progress.RevisionID(r.ID), Org: progress.OrgID(r.OrgID), Path: r.Path, Revision: r.Revision, Base: r.Base, State: progress.AuthoredState(r.State), Gone: r.Gone == 1,
		Text: r.Body, Hash: r.Hash, Author: progress.LearnerID(r.AuthorID), Message: r.Message, At: at(r.At),
	}
}

func authoredFiles(rows []authoredRow) []progress.AuthoredFile {
	var out []progress.AuthoredFile
	for _, r := range rows {
		out = append(out, r.file())
	}
	return out
}

// AddAuthored implements progress.AuthoredStore.
func (db *DB) AddAuthored(ctx context.Context, org progress.OrgID, f progress.AuthoredFile, entry *progress.AuditEntry) error {
	row := authoredRow{
		ID: string(f.ID), OrgID: string(org), Path: f.Path, Revision: f.Revision, Base: f.Base, State: string(f.State), Body: f.Text, Hash: f.Hash,
		AuthorID: string(f.Author), Message: f.Message, At: ms(f.At),
	}
	if f.Gone {
		row.Gone = 1
	}
	return db.write(ctx, "add authored file", func(tx *gorm.DB) error {
		var newest int
		if err := tx.Raw("SELECT COALESCE(MAX(revision), 0) FROM authored_files WHERE org_id = ? AND path = ?", org, f.Path).Row().Scan(&newest); err != nil {
			return err
		}
		if newest != f.Revision-1 {
			return progress.ErrDuplicate
		}
		if err := tx.Create(&row).Error; err != nil { // another connection may have been faster: the index tells
			return err
		}
		return addEntry(tx, org, entry)
	})
}

// AuthoredNewest implements progress.AuthoredStore.
func (db *DB) AuthoredNewest(ctx context.Context, org progress.OrgID) ([]progress.AuthoredFile, error) {
	rows, err := queryOf[authoredRow](db.read).Select(authoredHead).
		Where("org_id = ? AND revision = (SELECT MAX(x.revision) FROM authored_files x WHERE x.org_id = authored_files.org_id AND x.path = authored_files.path)", org).Order("path").Find(ctx)
	return authoredFiles(rows), db.wrap("list authored files", err)
}

// AuthoredPublished implements progress.AuthoredStore.
func (db *DB) AuthoredPublished(ctx context.Context, org progress.OrgID) ([]progress.AuthoredFile, error) {
	rows, err := queryOf[authoredRow](db.read).
		Where("org_id = ? AND state = 'published' AND revision = (SELECT MAX(x.revision) FROM authored_files x WHERE x.org_id = authored_files.org_id AND x.state = 'published' AND x.path = authored_files.path)", org).
		Order("path").Find(ctx)
	return authoredFiles(rows), db.wrap("read published files", err)
}

// AuthoredRevisions implements progress.AuthoredStore.
func (db *DB) AuthoredRevisions(ctx context.Context, org progress.OrgID, path string) ([]progress.AuthoredFile, error) {
	rows, err := queryOf[authoredRow](db.read).Select(authoredHead).Where("org_id = ? AND path = ?", org, path).Order("revision").Find(ctx)
	return authoredFiles(rows), db.wrap("list revisions of a file", err)
}

// AuthoredRevision implements progress.AuthoredStore.
func (db *DB) AuthoredRevision(ctx context.Context, org progress.OrgID, path string, revision int) (progress.AuthoredFile, error) {
	row, err := queryOf[authoredRow](db.read).Where("org_id = ? AND path = ? AND revision = ?", org, path, revision).Take(ctx)
	if err != nil {
		return progress.AuthoredFile{}, db.wrap("read a revision of a file", err)
	}
	return row.file(), nil
}

// AuthoredCount implements progress.AuthoredStore.
func (db *DB) AuthoredCount(ctx context.Context, org progress.OrgID) (int64, error) {
	n, err := queryOf[authoredRow](db.read).Where("org_id = ? AND state = 'published'", org).Count(ctx)
	return n, db.wrap("count published files", err)
}
