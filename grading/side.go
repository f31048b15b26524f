package grading

// Side says which way an error goes.
type Side string

// The sides. Most errors go neither way, or one cannot know.
const (
	NoSide    Side = ""
	SideOver  Side = "over"  // more is coded or charged than the chart supports
	SideUnder Side = "under" // what the chart supports is left out or set too low
)

// Side is the way that a kind of error goes by its nature, whatever it does to the payment.
func (f Finding) Side() Side {
	switch f {
	case DXOVER, DXSYM, PXOVER, CPTUNB, EMUP1, EMUP2:
		return SideOver
	case DXMISS, PXMISS, EMDN1, EMDN2, EMMISS:
		return SideUnder
	}
	return NoSide
}
