package codebook

// factKey makes equal Facts share one place: the 98,000 rows of a full ICD-10-CM release have a few hundred sets of facts. It is Facts
// with the one field that cannot be compared, SeventhChars, written out.
type factKey struct {
	poa, manifestation, addOn                 bool
	severity, sex, status, global, bilateral  string
	multiple, assistant, co, team, components string
	opps, units, seventh                      string
	mue, mueHospital                          MUE
	ended                                     Date
}

func newFactKey(f Facts, seventh string) factKey {
	return factKey{
		f.POAExempt, f.Manifestation, f.AddOn,
		f.Severity, f.Sex, f.Status, f.GlobalDays, f.Bilateral,
		f.Multiple, f.Assistant, f.CoSurgeons, f.TeamSurgeons, f.Components,
		f.OPPS, f.Units, seventh,
		f.MUE, f.MUEHospital,
		f.Ended,
	}
}
