package progress

// Actor is the candidate of a seat as who acts, once the link has been checked.
func (x Seat) Actor() Actor {
	return Actor{Org: x.Candidate.Org, Learner: x.Candidate.Learner, Role: RoleCandidate}
}
