package coverage

import "crosswalk/codebook"

// ChapterOf is chapterOf for tests.
func ChapterOf(c codebook.Code) string {
	return chapterOf(codebook.Ref{System: codebook.ICD10CM, Code: c})
}
