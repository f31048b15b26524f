package progress

import (
	"slices"
	"strings"

	"crosswalk/lessons"
)

// Course is what progress needs of the lessons and the glossary. It does not change: a reload is another Course.
type Course struct {
	Lessons []CourseLesson // in the order of the course
	Terms   []CourseTerm   // by name

	lesson map[string]*CourseLesson
	term   map[string]*CourseTerm
}

// CourseLesson is a lesson.
type CourseLesson struct {
	ID       string
	Title    string
	Areas    []string
	Minutes  int      // that the author expects
	Requires []string // ids of lessons to be read before
	Terms    []string // ids of terms that its text refers to, sorted
	Checks   []string // ids of questions in its text
}

// CourseTerm is a term of the glossary.
type CourseTerm struct {
	ID    string // as in the address of the glossary
	Name  string
	Area  string
	Short string // the first sentence of the definition or so, plain text
}

// Lesson looks a lesson up.
func (c *Course) Lesson(id string) (CourseLesson, bool) {
	if l := c.lesson[id]; l != nil {
		return *l, true
	}
	return CourseLesson{}, false
}

// Term looks a term up.
func (c *Course) Term(id string) (CourseTerm, bool) {
	if t := c.term[id]; t != nil {
		return *t, true
	}
	return CourseTerm{}, false
}

// NewCourse makes a course of lessons and terms.
func NewCourse(lessons []CourseLesson, terms []CourseTerm) *Course {
	c := &Course{Lessons: lessons, Terms: terms, lesson: map[string]*CourseLesson{}, term: map[string]*CourseTerm{}}
	for i := range c.Lessons {
		c.lesson[c.Lessons[i].ID] = &c.Lessons[i]
	}
	for i := range c.Terms {
		c.term[c.Terms[i].ID] = &c.Terms[i]
	}
	return c
}

// FromCatalogue gives a catalogue of lessons as a Course.
func FromCatalogue(cat *lessons.Catalogue) *Course {
	var ls []CourseLesson
	for _, l := range cat.Lessons() {
		c := CourseLesson{ID: l.ID, Title: l.Title, Areas: l.Areas, Minutes: l.Minutes, Requires: l.Requires, Checks: l.Doc.Checks}
		for _, name := range l.Doc.Terms {
			if t, err := cat.Term(name); err == nil {
				c.Terms = append(c.Terms, t.Slug)
			}
		}
		slices.Sort(c.Terms)
		c.Terms = slices.Compact(c.Terms)
		ls = append(ls, c)
	}
	var ts []CourseTerm
	for _, t := range cat.Glossary() {
		ts = append(ts, CourseTerm{ID: t.Slug, Name: t.Name, Area: t.Area, Short: t.Short})
	}
	slices.SortFunc(ts, func(a, b CourseTerm) int { return strings.Compare(a.Name, b.Name) })
	return NewCourse(ls, ts)
}

// SetCourse makes the service use other lessons and another glossary from the next call on. Without one there are neither.
func (s *Service) SetCourse(c *Course) { s.learning.course.Store(c) }

// Course gives the lessons and the glossary in force.
func (s *Service) Course() *Course {
	if c := s.learning.course.Load(); c != nil {
		return c
	}
	return NewCourse(nil, nil)
}
