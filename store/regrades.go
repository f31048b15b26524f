package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type regradeRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	Kind      string
	Item      string
	KeyHash   string
	DisputeID string
	Reason    string
	StartedBy string
	State     string
	Expected  int
	Attempts  int
	Graded    int
	Kept      int
	Skipped   int
	ByPolicy  int
	Raised    int
	Lowered   int
	AtKind    string
	AtAttempt string
	Holder    string
	HeldUntil int64
	StartedAt int64
	UpdatedAt int64 `gorm:"autoUpdateTime:false"`
	EndedAt   *int64
}

func (regradeRow) TableName() string { return "regrade_runs" }

func rowOfRegrade(org progress.OrgID, r progress.RegradeRun) regradeRow {
	return regradeRow{
		ID: string(r.ID), OrgID: string(org), Kind: string(r.Kind), Item: r.Item, KeyHash: r.KeyHash, DisputeID: string(r.Dispute), Reason: r.Reason, StartedBy: r.By,
		State: string(r.State), Expected: r.Expected, Attempts: r.Attempts, Graded: r.Graded, Kept: r.Same, Skipped: r.Skipped, ByPolicy: r.ByPolicy, Raised: r.Raised,
		Lowered: r.Lowered, AtKind: string(r.AtKind), AtAttempt: string(r.AtAttempt), Holder: r.Holder, HeldUntil: ms(r.HeldUntil), StartedAt: ms(r.StartedAt),
		UpdatedAt: ms(r.UpdatedAt), EndedAt: msp(r.EndedAt),
	}
}

func (r regradeRow) run() progress.RegradeRun {
	return progress.RegradeRun{
		ID: progress.RegradeID(r.ID), Org: progress.OrgID(r.OrgID), Kind: progress.ItemKind(r.Kind), Item: r.Item, KeyHash: r.KeyHash, Dispute: progress.DisputeID(r.DisputeID),
		Reason: r.Reason, By: r.StartedBy, State: progress.RegradeState(r.State), Expected: r.Expected, Attempts: r.Attempts, Graded: r.Graded, Same: r.Kept, Skipped: r.Skipped,
		ByPolicy: r.ByPolicy, Raised: r.Raised, Lowered: r.Lowered, AtKind: progress.ItemKind(r.AtKind), AtAttempt: progress.AttemptID(r.AtAttempt), Holder: r.Holder,
		HeldUntil: at(r.HeldUntil), StartedAt: at(r.StartedAt), UpdatedAt: at(r.UpdatedAt), EndedAt: atp(r.EndedAt),
	}
}

// overrideText writes what was decided by hand, nil where nothing was.
func overrideText(o *progress.Overridden) *string {
	if o == nil {
		return nil
	}
	raw, err := json.Marshal(o)
	if err != nil { // it holds texts and numbers, and a result that was JSON
		return nil
	}
	text := string(raw)
	return &text
}

func overrideOf(text *string) *progress.Overridden {
	var o progress.Overridden
	if text == nil || json.Unmarshal([]byte(*text), &o) != nil {
		return nil
	}
	return &o
}

// unfinished fits runs that are not at their end.
const unfinished = "state IN ('open', 'stopped')"

// KeyUses implements progress.RegradeStore.
func (db *DB) KeyUses(ctx context.Context, org progress.OrgID, item string) ([]progress.KeyUse, error) {
	where, args := "a.org_id = ?", []any{org}
	if item != "" {
		where, args = where+" AND a.item = ?", append(args, item)
	}
	rows, err := db.read.WithContext(ctx).Raw(`SELECT a.kind, a.item, a.shown_hash, g.key_hash, g.grader_version, g.book_edition, COUNT(*)
		FROM attempts a JOIN gradings g ON g.attempt_id = a.id AND g.seq = (SELECT MAX(x.seq) FROM gradings x WHERE x.attempt_id = a.id)
		WHERE `+where+` GROUP BY a.kind, a.item, a.shown_hash, g.key_hash, g.grader_version, g.book_edition
		ORDER BY a.kind, a.item, a.shown_hash, g.key_hash, g.grader_version, g.book_edition`, args...).Rows()
	if err != nil {
		return nil, db.wrap("key uses", err)
	}
	defer rows.Close()
	var out []progress.KeyUse
	for rows.Next() {
		var u progress.KeyUse
		if err := rows.Scan(&u.Kind, &u.Item, &u.ShownHash, &u.KeyHash, &u.GraderVersion, &u.BookEdition, &u.Attempts); err != nil {
			return nil, db.wrap("key uses", err)
		}
		out = append(out, u)
	}
	return out, db.wrap("key uses", rows.Err())
}

// AddRegrade implements progress.RegradeStore.
func (db *DB) AddRegrade(ctx context.Context, org progress.OrgID, r progress.RegradeRun, entry progress.AuditEntry) error {
	row := rowOfRegrade(org, r)
	return db.write(ctx, "add regrade", func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// RegradeRun implements progress.RegradeStore.
func (db *DB) RegradeRun(ctx context.Context, org progress.OrgID, id progress.RegradeID) (progress.RegradeRun, error) {
	r, err := queryOf[regradeRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	return r.run(), db.wrap("regrade", err)
}

// RegradeRuns implements progress.RegradeStore.
func (db *DB) RegradeRuns(ctx context.Context, org progress.OrgID, f progress.RegradeFilter) ([]progress.RegradeRun, error) {
	q := queryOf[regradeRow](db.read).Where("org_id = ?", org)
	if f.Item != "" {
		q = q.Where("item = ?", f.Item)
	}
	if f.Unfinished {
		q = q.Where(unfinished)
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if q = q.Order("id DESC"); f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	return mapped(rows, regradeRow.run), db.wrap("list regrades", err)
}

// changedOne is ErrConflict where an update of a run touched none, and ErrNotFound where there is no such run.
func (db *DB) changedOne(tx *gorm.DB, res *gorm.DB, org progress.OrgID, id progress.RegradeID) error {
	if res.Error != nil || res.RowsAffected == 1 {
		return res.Error
	}
	if err := db.found(tx, "regrade_runs", "org_id = ? AND id = ?", org, id); err != nil {
		return err
	}
	return progress.ErrConflict
}

// HoldRegrade implements progress.RegradeStore.
func (db *DB) HoldRegrade(ctx context.Context, org progress.OrgID, id progress.RegradeID, holder string, now, until time.Time, entry *progress.AuditEntry) error {
	return db.write(ctx, "hold regrade", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE regrade_runs SET holder = ?, held_until = ?, updated_at = ?, state = ? WHERE org_id = ? AND id = ? AND "+unfinished+" AND held_until <= ?",
			holder, ms(until), ms(now), progress.RegradeOpen, org, id, ms(now))
		if err := db.changedOne(tx, res, org, id); err != nil {
			return err
		}
		return addEntry(tx, org, entry)
	})
}

// SaveRegrade implements progress.RegradeStore.
func (db *DB) SaveRegrade(ctx context.Context, org progress.OrgID, r progress.RegradeRun, until time.Time, gs []progress.Grading, settle *progress.Settlement, entry *progress.AuditEntry) error {
	return db.writeAlone(ctx, "save regrade", func(tx *gorm.DB) error {
		row := rowOfRegrade(org, r)
		res := tx.Exec(`UPDATE regrade_runs SET state = ?, expected = ?, attempts = ?, graded = ?, kept = ?, skipped = ?, by_policy = ?, raised = ?, lowered = ?, at_kind = ?, at_attempt = ?,
			held_until = ?, updated_at = ?, ended_at = ? WHERE org_id = ? AND id = ? AND holder = ? AND state = ?`,
			row.State, row.Expected, row.Attempts, row.Graded, row.Kept, row.Skipped, row.ByPolicy, row.Raised, row.Lowered, row.AtKind, row.AtAttempt,
			ms(until), row.UpdatedAt, row.EndedAt, org, r.ID, r.Holder, progress.RegradeOpen)
		if err := db.changedOne(tx, res, org, r.ID); err != nil {
			return err
		}
		if err := appendNumbered(tx, org, gs); err != nil {
			return err
		}
		if settle != nil {
			if err := settleDisputes(tx, org, r, settle); err != nil {
				return err
			}
		}
		return addEntry(tx, org, entry)
	})
}

// rowsAtOnce is how many gradings one statement adds: below the number of parameters that either database takes.
const rowsAtOnce = 100

// appendNumbered adds gradings of attempts of the organisation under the numbers that they bring; a number that is taken is ErrDuplicate.
func appendNumbered(tx *gorm.DB, org progress.OrgID, gs []progress.Grading) error {
	var rows []judgedRow
	attempts := map[string]bool{}
	for _, g := range gs {
		if g.Policy != nil {
			if err := appendPolicyGrading(tx, org, g); err != nil {
				return err
			}
			continue
		}
		rows, attempts[string(g.Attempt)] = append(rows, rowOfJudged(org, g)), true
	}
	ids := slices.Sorted(maps.Keys(attempts))
	learners := map[string]bool{}
	found := 0
	for part := range slices.Chunk(ids, rowsAtOnce) {
		var there []attemptRow
		if err := tx.Select("id, learner_id").Where("org_id = ? AND id IN ?", org, part).Find(&there).Error; err != nil {
			return err
		}
		found += len(there)
		for _, a := range there {
			learners[a.LearnerID] = true
		}
	}
	if found < len(ids) { // the attempts must be the organisation's own
		return progress.ErrNotFound
	}
	if len(rows) > 0 {
		if err := tx.CreateInBatches(&rows, rowsAtOnce).Error; err != nil {
			return err
		}
	}
	for _, l := range slices.Sorted(maps.Keys(learners)) { // in one order, so that two regrades do not wait for each other
		if err := pastChanged(tx, org, progress.LearnerID(l)); err != nil {
			return err
		}
	}
	return nil
}

func settleDisputes(tx *gorm.DB, org progress.OrgID, r progress.RegradeRun, s *progress.Settlement) error {
	// Whoever erased their words is not written to any more.
	return tx.Exec(`UPDATE disputes SET answer = CASE WHEN status = ? THEN ? ELSE answer END, resolved_by = CASE WHEN status = ? THEN ? ELSE resolved_by END,
		resolved_at = COALESCE(resolved_at, ?), status = ?, run_id = ?
		WHERE org_id = ? AND kind = ? AND item = ? AND line = ? AND key_hash <> ? AND status IN (?, ?) AND run_id = '' AND reason <> ''`,
		progress.DisputeOpen, s.Answer, progress.DisputeOpen, s.By, ms(s.At), progress.DisputeAccepted, r.ID,
		org, s.Kind, s.Item, s.Line, r.KeyHash, progress.DisputeOpen, progress.DisputeAccepted).Error
}

// LetGoRegrade implements progress.RegradeStore.
func (db *DB) LetGoRegrade(ctx context.Context, org progress.OrgID, id progress.RegradeID, holder string, when time.Time) error {
	return db.write(ctx, "let go regrade", func(tx *gorm.DB) error {
		return tx.Exec("UPDATE regrade_runs SET held_until = ? WHERE org_id = ? AND id = ? AND holder = ? AND held_until > ?", ms(when), org, id, holder, ms(when)).Error
	})
}

// EndRegrade implements progress.RegradeStore.
func (db *DB) EndRegrade(ctx context.Context, org progress.OrgID, id progress.RegradeID, state progress.RegradeState, when time.Time, entry progress.AuditEntry) error {
	return db.write(ctx, "end regrade", func(tx *gorm.DB) error {
		var ended *int64
		if state == progress.RegradeClosed {
			e := ms(when)
			ended = &e
		}
		res := tx.Exec("UPDATE regrade_runs SET state = ?, held_until = ?, updated_at = ?, ended_at = ? WHERE org_id = ? AND id = ? AND "+unfinished, state, ms(when), ms(when), ended, org, id)
		if err := db.changedOne(tx, res, org, id); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// AppendByHand implements progress.RegradeStore.
func (db *DB) AppendByHand(ctx context.Context, org progress.OrgID, g progress.Grading, entry progress.AuditEntry) error {
	return db.write(ctx, "append by hand", func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&gradingRow{}).Where("org_id = ? AND attempt_id = ? AND seq >= ?", org, g.Attempt, g.Seq).Count(&n).Error; err != nil {
			return err
		}
		if n > 0 {
			return progress.ErrConflict
		}
		if err := appendNumbered(tx, org, []progress.Grading{g}); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// SittingsByID implements progress.RegradeStore.
func (db *DB) SittingsByID(ctx context.Context, org progress.OrgID, ids []progress.SittingID) ([]progress.Sitting, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := queryOf[sittingRow](db.read).Where("org_id = ? AND id IN ?", org, ids).Order("id").Find(ctx)
	if err != nil {
		return nil, db.wrap("sittings by id", err)
	}
	out := make([]progress.Sitting, len(rows))
	for i, r := range rows {
		if out[i], err = r.sitting(); err != nil {
			return nil, db.wrap("sittings by id", err)
		}
	}
	return out, nil
}

// RegradedInSittings implements progress.RegradeStore.
func (db *DB) RegradedInSittings(ctx context.Context, org progress.OrgID, ids []progress.SittingID) ([]progress.RegradedItem, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var atts []attemptRow
	err := db.read.WithContext(ctx).Select("id, context_ref, client_key").
		Where("org_id = ? AND context_kind = 'exam' AND context_ref IN ? AND EXISTS (SELECT 1 FROM gradings g WHERE g.attempt_id = attempts.id AND g.seq > 1)", org, ids).Order("id").Find(&atts).Error
	if err != nil {
		return nil, db.wrap("regraded items", err)
	}
	var out []progress.RegradedItem
	for part := range slices.Chunk(atts, 500) {
		index, want := map[string]int{}, make([]string, len(part))
		for i, a := range part {
			index[a.ID], want[i] = len(out), a.ID
			out = append(out, progress.RegradedItem{Sitting: progress.SittingID(a.ContextRef), ClientKey: a.ClientKey})
		}
		rows, err := queryOf[judgedRow](db.read).Where("attempt_id IN ? AND (seq = 1 OR seq = (SELECT MAX(x.seq) FROM gradings x WHERE x.attempt_id = gradings.attempt_id))", want).Find(ctx)
		if err != nil {
			return nil, db.wrap("regraded items", err)
		}
		for _, r := range rows {
			x := &out[index[r.Row.AttemptID]]
			if g := r.grading(); g.Seq == 1 {
				x.First = g
			} else {
				x.Newest = g
			}
		}
	}
	return out, nil
}

// DisputeGroups implements progress.RegradeStore.
func (db *DB) DisputeGroups(ctx context.Context, org progress.OrgID, status progress.DisputeStatus) ([]progress.DisputeGroup, error) {
	rows, err := db.read.WithContext(ctx).Raw(`SELECT kind, item, line, COUNT(*), MIN(created_at), MIN(id) FROM disputes WHERE org_id = ? AND status = ?
		GROUP BY kind, item, line ORDER BY COUNT(*) DESC, MIN(created_at), item, line`, org, status).Rows()
	if err != nil {
		return nil, db.wrap("dispute groups", err)
	}
	defer rows.Close()
	var out []progress.DisputeGroup
	for rows.Next() {
		var g progress.DisputeGroup
		var oldest int64
		if err := rows.Scan(&g.Kind, &g.Item, &g.Line, &g.Count, &oldest, &g.First); err != nil {
			return nil, db.wrap("dispute groups", err)
		}
		g.Oldest = at(oldest)
		out = append(out, g)
	}
	return out, db.wrap("dispute groups", rows.Err())
}
