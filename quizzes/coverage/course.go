package coverage

// Course says how much there should be of everything, for the gaps of a report to be measured against.
type Course struct {
	Lessons, Questions, Cases, Terms int
	Queries                          int            // cases of which the right answer is a query
	Forms                            map[string]int // by exam: forms without an item in common
	Charts                           []Charts
}

// Charts is how many cases there should be of some settings together.
type Charts struct {
	ID       string
	Title    string
	Settings []string
	Cases    int
}

// Whole is a course that prepares for the whole of the CPC, CCS and CCA exams.
var Whole = Course{
	Lessons: 90, Questions: 1000, Cases: 160, Terms: 800, Queries: 15,
	Forms: map[string]int{"cpc": 3, "ccs": 2, "cca": 2},
	Charts: []Charts{
		{"office", "office visits and E/M", []string{"office"}, 40},
		{"outpatient-surgery", "outpatient surgery", []string{"outpatient-surgery"}, 30},
		{"ed", "emergency department", []string{"ed"}, 30},
		{"inpatient", "inpatient", []string{"inpatient"}, 40},
		{"others", "anesthesia, radiology, pathology, observation, nursing facility, telehealth", []string{"anesthesia", "radiology", "pathology", "observation", "nursing-facility", "telehealth"}, 20},
	},
}
