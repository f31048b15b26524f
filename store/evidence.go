package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
)

type panelRow struct {
	AssessmentID string `gorm:"primaryKey"`
	OrgID        string
	Revision     int
	Round        int
	Body         string
	ClosedAt     *int64
}

func (panelRow) TableName() string { return "hire_panels" }

func (r panelRow) panel() (progress.Panel, error) {
	p := progress.Panel{Assessment: progress.AssessmentID(r.AssessmentID), Revision: r.Revision, Round: r.Round, ClosedAt: atp(r.ClosedAt)}
	if err := json.Unmarshal([]byte(r.Body), &p.PanelBody); err != nil {
		return p, fmt.Errorf("panel of %s: %w", r.AssessmentID, err)
	}
	return p, nil
}

type helperRow struct {
	ID           string `gorm:"primaryKey"`
	OrgID        string
	AssessmentID string
	ClientKey    string
	Kind         string
	Name         string
	TokenHash    string
	LinkUntil    int64
	RevokedAt    *int64
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (helperRow) TableName() string { return "hire_helpers" }

func (r helperRow) helper() progress.Helper {
	return progress.Helper{
		ID: progress.HelperID(r.ID), Org: progress.OrgID(r.OrgID), Assessment: progress.AssessmentID(r.AssessmentID), ClientKey: r.ClientKey, Kind: progress.HelperKind(r.Kind),
		Name: r.Name, TokenHash: r.TokenHash, LinkUntil: at(r.LinkUntil), RevokedAt: atp(r.RevokedAt), CreatedAt: at(r.CreatedAt),
	}
}

// SavePanel implements progress.EvidenceStore.
func (db *DB) SavePanel(ctx context.Context, org progress.OrgID, p progress.Panel, entry progress.AuditEntry) error {
	body, err := json.Marshal(p.PanelBody)
	if err != nil {
		return err
	}
	row := panelRow{AssessmentID: string(p.Assessment), OrgID: string(org), Revision: p.Revision, Round: p.Round, Body: string(body), ClosedAt: msp(p.ClosedAt)}
	return db.write(ctx, "save panel", func(tx *gorm.DB) error {
		if err := db.found(tx, "assessments", "org_id = ? AND id = ? AND opened_at IS NULL", org, p.Assessment); err != nil {
			return err
		}
		var old []panelRow
		if err := tx.Where("assessment_id = ?", p.Assessment).Find(&old).Error; err != nil {
			return err
		}
		if len(old) == 0 {
			if p.Revision != 1 {
				return progress.ErrDuplicate
			}
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
			return addEntry(tx, org, &entry)
		}
		if old[0].Revision != p.Revision-1 {
			return progress.ErrDuplicate
		}
		before, err := old[0].panel()
		if err != nil {
			return err
		}
		if !sameItems(before, p) {
			if err := tx.Exec("DELETE FROM hire_ratings WHERE helper_id IN (SELECT id FROM hire_helpers WHERE assessment_id = ?)", p.Assessment).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec("UPDATE hire_panels SET revision = ?, round = ?, body = ?, closed_at = ? WHERE assessment_id = ?", row.Revision, row.Round, row.Body, row.ClosedAt, p.Assessment).Error; err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

func sameItems(x, y progress.Panel) bool {
	if len(x.Items) != len(y.Items) {
		return false
	}
	for i := range x.Items {
		if x.Items[i].ID != y.Items[i].ID || x.Items[i].KeyHash != y.Items[i].KeyHash || x.Items[i].ShownHash != y.Items[i].ShownHash {
			return false
		}
	}
	return true
}

// Panel implements progress.EvidenceStore.
func (db *DB) Panel(ctx context.Context, org progress.OrgID, x progress.AssessmentID) (progress.Panel, error) {
	r, err := queryOf[panelRow](db.read).Where("org_id = ? AND assessment_id = ?", org, x).Take(ctx)
	if err != nil {
		return progress.Panel{}, db.wrap("panel", err)
	}
	return r.panel()
}

// AddHelper implements progress.EvidenceStore.
func (db *DB) AddHelper(ctx context.Context, org progress.OrgID, h progress.Helper, entry progress.AuditEntry) (progress.Helper, error) {
	row := helperRow{
		ID: string(h.ID), OrgID: string(org), AssessmentID: string(h.Assessment), ClientKey: h.ClientKey, Kind: string(h.Kind), Name: h.Name, TokenHash: h.TokenHash,
		LinkUntil: ms(h.LinkUntil), CreatedAt: ms(h.CreatedAt),
	}
	err := db.write(ctx, "add helper", func(tx *gorm.DB) error {
		if err := db.found(tx, "assessments", "org_id = ? AND id = ?", org, h.Assessment); err != nil {
			return err
		}
		var old []helperRow
		if err := tx.Where("org_id = ? AND assessment_id = ? AND client_key = ?", org, h.Assessment, h.ClientKey).Find(&old).Error; err != nil {
			return err
		}
		if len(old) > 0 {
			row.ID, row.Kind, row.CreatedAt = old[0].ID, old[0].Kind, old[0].CreatedAt
			if err := tx.Exec("UPDATE hire_helpers SET name = ?, token_hash = ?, link_until = ?, revoked_at = NULL WHERE id = ?", row.Name, row.TokenHash, row.LinkUntil, row.ID).Error; err != nil {
				return err
			}
		} else if err := counted(tx.Create(&row).Error); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
	return row.helper(), err
}

// Helpers implements progress.EvidenceStore.
func (db *DB) Helpers(ctx context.Context, org progress.OrgID, x progress.AssessmentID) ([]progress.Helper, error) {
	rows, err := queryOf[helperRow](db.read).Where("org_id = ? AND assessment_id = ?", org, x).Order("id").Find(ctx)
	if err != nil {
		return nil, db.wrap("list helpers", err)
	}
	var out []progress.Helper
	for _, r := range rows {
		out = append(out, r.helper())
	}
	return out, nil
}

// HelperByToken implements progress.EvidenceStore.
func (db *DB) HelperByToken(ctx context.Context, hash string) (progress.Helper, error) {
	r, err := queryOf[helperRow](db.read).Where("token_hash = ?", hash).Take(ctx)
	return r.helper(), db.wrap("helper", err)
}

// RevokeHelper implements progress.EvidenceStore.
func (db *DB) RevokeHelper(ctx context.Context, org progress.OrgID, x progress.AssessmentID, id progress.HelperID, entry progress.AuditEntry) error {
	return db.write(ctx, "revoke helper", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE hire_helpers SET revoked_at = COALESCE(revoked_at, ?) WHERE org_id = ? AND assessment_id = ? AND id = ?", ms(entry.At), org, x, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// SaveRatings implements progress.EvidenceStore.
func (db *DB) SaveRatings(ctx context.Context, org progress.OrgID, h progress.Helper, round int, percents map[int]int, when time.Time) error {
	return db.write(ctx, "save ratings", func(tx *gorm.DB) error {
		err := db.found(tx, "assessments", "org_id = ? AND id = ? AND opened_at IS NULL", org, h.Assessment)
		if err == nil {
			err = db.found(tx, "hire_panels", "org_id = ? AND assessment_id = ? AND round = ? AND closed_at IS NULL", org, h.Assessment, round)
		}
		if err == nil {
			err = db.found(tx, "hire_helpers", "org_id = ? AND assessment_id = ? AND id = ? AND kind = ? AND revoked_at IS NULL", org, h.Assessment, h.ID, progress.HelperJudge)
		}
		if errors.Is(err, progress.ErrNotFound) {
			return progress.ErrSittingClosed
		}
		if err != nil {
			return err
		}
		for item, percent := range percents {
			if err := tx.Exec(`INSERT INTO hire_ratings (helper_id, org_id, round, item, percent, at) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (helper_id, round, item) DO UPDATE SET percent = excluded.percent, at = excluded.at`, h.ID, org, round, item, percent, ms(when)).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// Ratings implements progress.EvidenceStore.
func (db *DB) Ratings(ctx context.Context, org progress.OrgID, x progress.AssessmentID) ([]progress.PanelRating, error) {
	var rows []struct {
		HelperID             string
		Round, Item, Percent int
	}
	err := db.read.WithContext(ctx).Raw(`SELECT r.helper_id, r.round, r.item, r.percent FROM hire_ratings r JOIN hire_helpers h ON h.id = r.helper_id
		WHERE h.org_id = ? AND h.assessment_id = ? ORDER BY r.helper_id, r.round, r.item`, org, x).Scan(&rows).Error
	if err != nil {
		return nil, db.wrap("list ratings", err)
	}
	var out []progress.PanelRating
	for _, r := range rows {
		out = append(out, progress.PanelRating{Helper: progress.HelperID(r.HelperID), Round: r.Round, Item: r.Item, Percent: r.Percent})
	}
	return out, nil
}

// The sources of rows in hire_groups: besides what was entered, sums of candidates who are erased, and each table that was told.
const (
	groupsEntered = string(progress.GroupsEntered)
	groupsErased  = "erased"
	groupsTold    = "told/%s/%d" // where from, and which table
)

// SaveGroups implements progress.EvidenceStore.
func (db *DB) SaveGroups(ctx context.Context, org progress.OrgID, x progress.AssessmentID, gs []evidence.Group, entry progress.AuditEntry) error {
	return db.write(ctx, "save groups", func(tx *gorm.DB) error {
		if err := db.found(tx, "assessments", "org_id = ? AND id = ?", org, x); err != nil {
			return err
		}
		steps := []step{{"DELETE FROM hire_groups WHERE org_id = ? AND assessment_id = ? AND source = ?", []any{org, x, groupsEntered}}}
		if err := each(tx, append(steps, groupRows(org, x, groupsEntered, gs)...)); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// SetCandidateGroups implements progress.EvidenceStore.
func (db *DB) SetCandidateGroups(ctx context.Context, org progress.OrgID, x progress.AssessmentID, by map[progress.CandidateID]string, entry progress.AuditEntry) error {
	return db.write(ctx, "record groups", func(tx *gorm.DB) error {
		for id, name := range by {
			if err := db.found(tx, "candidates", "org_id = ? AND assessment_id = ? AND id = ? AND erased_at IS NULL", org, x, id); err != nil {
				return err
			}
			steps := []step{{"DELETE FROM candidate_groups WHERE candidate_id = ?", []any{id}}}
			if name != "" {
				steps = append(steps, step{"INSERT INTO candidate_groups (candidate_id, org_id, assessment_id, name) VALUES (?, ?, ?, ?)", []any{id, org, x, name}})
			}
			if err := each(tx, steps); err != nil {
				return err
			}
		}
		return addEntry(tx, org, &entry)
	})
}

// GroupedCandidates implements progress.EvidenceStore.
func (db *DB) GroupedCandidates(ctx context.Context, org progress.OrgID, x progress.AssessmentID) (map[progress.CandidateID]bool, error) {
	var ids []string
	err := db.read.WithContext(ctx).Raw("SELECT candidate_id FROM candidate_groups WHERE org_id = ? AND assessment_id = ?", org, x).Scan(&ids).Error
	if err != nil {
		return nil, db.wrap("list candidates with a group", err)
	}
	out := map[progress.CandidateID]bool{}
	for _, id := range ids {
		out[progress.CandidateID(id)] = true
	}
	return out, nil
}

// groupSums adds candidates with a graded sitting up by group: those who passed in one of theirs are selected.
const groupSums = `SELECT name, COUNT(*) AS tested, SUM(passed) AS selected FROM (
		SELECT g.candidate_id, g.name, MAX(s.passed) AS passed FROM candidate_groups g JOIN candidates c ON c.id = g.candidate_id
		JOIN sittings s ON s.org_id = c.org_id AND s.learner_id = c.learner_id AND s.graded_at IS NOT NULL
		WHERE g.org_id = ? AND %s = ? GROUP BY g.candidate_id, g.name) x GROUP BY name`

// Groups implements progress.EvidenceStore.
func (db *DB) Groups(ctx context.Context, org progress.OrgID, x progress.AssessmentID) (progress.GroupSums, error) {
	var out progress.GroupSums
	var rows []struct {
		Source, Name     string
		Tested, Selected int
	}
	// One statement: who is erased meanwhile is counted once.
	err := db.read.WithContext(ctx).Raw(`SELECT source, name, tested, selected FROM hire_groups WHERE org_id = ? AND assessment_id = ?
		UNION ALL SELECT ?, name, tested, selected FROM (`+fmt.Sprintf(groupSums, "g.assessment_id")+") y ORDER BY source, name", org, x, groupsErased, org, x).Scan(&rows).Error
	if err != nil {
		return out, db.wrap("groups", err)
	}
	told := map[string][]evidence.Group{}
	for _, k := range rows {
		g := evidence.Group{Name: k.Name, Tested: k.Tested, Selected: k.Selected}
		switch k.Source {
		case groupsEntered:
			out.Entered = append(out.Entered, g)
		case groupsErased:
			out.Candidates = append(out.Candidates, g)
		default:
			told[k.Source] = append(told[k.Source], g)
		}
	}
	out.ToldEntered, out.ToldCandidates = inOrder(told, progress.GroupsEntered), inOrder(told, progress.GroupsOfCandidates)
	return out, nil
}

// inOrder puts the tables of a source that were told one after the other.
func inOrder(told map[string][]evidence.Group, from progress.GroupSource) (out [][]evidence.Group) {
	for {
		t, ok := told[fmt.Sprintf(groupsTold, from, len(out)+1)]
		if !ok {
			return out
		}
		out = append(out, t)
	}
}

// TellGroups implements progress.EvidenceStore.
func (db *DB) TellGroups(ctx context.Context, org progress.OrgID, x progress.AssessmentID, from progress.GroupSource, number int, gs []evidence.Group) error {
	return db.write(ctx, "tell groups", func(tx *gorm.DB) error {
		if err := db.found(tx, "assessments", "org_id = ? AND id = ?", org, x); err != nil {
			return err
		}
		var here, before int
		for source, into := range map[string]*int{fmt.Sprintf(groupsTold, from, number): &here, fmt.Sprintf(groupsTold, from, number-1): &before} {
			if err := tx.Raw("SELECT COUNT(*) FROM hire_groups WHERE assessment_id = ? AND source = ?", x, source).Row().Scan(into); err != nil {
				return err
			}
		}
		if here > 0 || number > 1 && before == 0 {
			return progress.ErrDuplicate
		}
		return each(tx, groupRows(org, x, fmt.Sprintf(groupsTold, from, number), gs))
	})
}

func groupRows(org progress.OrgID, x progress.AssessmentID, source string, gs []evidence.Group) (out []step) {
	for _, g := range gs {
		out = append(out, step{"INSERT INTO hire_groups (assessment_id, org_id, source, name, tested, selected) VALUES (?, ?, ?, ?, ?, ?)", []any{x, org, source, g.Name, g.Tested, g.Selected}})
	}
	return out
}

// foldCandidateGroup turns the group of a candidate who is erased into a sum, so that the test's evidence stays and the person goes.
func foldCandidateGroup(tx *gorm.DB, org progress.OrgID, id progress.CandidateID) error {
	var rows []struct {
		Name             string
		Tested, Selected int
	}
	if err := tx.Raw(fmt.Sprintf(groupSums, "g.candidate_id"), org, id).Scan(&rows).Error; err != nil {
		return err
	}
	var steps []step
	for _, r := range rows {
		steps = append(steps, step{`INSERT INTO hire_groups (assessment_id, org_id, source, name, tested, selected)
			SELECT assessment_id, org_id, ?, ?, ?, ? FROM candidates WHERE org_id = ? AND id = ?
			ON CONFLICT (assessment_id, source, name) DO UPDATE SET tested = hire_groups.tested + excluded.tested, selected = hire_groups.selected + excluded.selected`,
			[]any{groupsErased, r.Name, r.Tested, r.Selected, org, id}})
	}
	return each(tx, append(steps, step{"DELETE FROM candidate_groups WHERE org_id = ? AND candidate_id = ?", []any{org, id}}))
}

// dropEvidence takes away what belongs to drafts that are about to be dropped; which names them by a condition on assessments.
func dropEvidence(tx *gorm.DB, which string, args ...any) error {
	drafts := "(SELECT id FROM assessments WHERE opened_at IS NULL AND " + which + ")"
	return each(tx, []step{
		{"DELETE FROM hire_ratings WHERE helper_id IN (SELECT id FROM hire_helpers WHERE assessment_id IN " + drafts + ")", args},
		{"DELETE FROM hire_helpers WHERE assessment_id IN " + drafts, args},
		{"DELETE FROM hire_panels WHERE assessment_id IN " + drafts, args},
		{"DELETE FROM hire_groups WHERE assessment_id IN " + drafts, args},
	})
}

// eraseHelpers takes the names of those who helped a person off that person's tests, and ends their links.
func eraseHelpers(tx *gorm.DB, org progress.OrgID, owner progress.LearnerID, when int64) error {
	return tx.Exec("UPDATE hire_helpers SET name = '', revoked_at = COALESCE(revoked_at, ?) WHERE assessment_id IN (SELECT id FROM assessments WHERE org_id = ? AND owner_id = ?)", when, org, owner).Error
}
