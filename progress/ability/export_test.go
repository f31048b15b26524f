package ability

import (
	"math"
	"slices"
)

// LogMarginal is the natural log of the chance of all answers so far under the model, for comparison with published ones.
func (l *Learner) LogMarginal() float64 {
	log := l.m.logWeight
	for _, a := range l.areas {
		l.m.fill(&a.moments, &a.logLikelihood)
		for g := range log {
			log[g] += a.logMarginal[g]
		}
	}
	top, sum := slices.Max(log[:]), 0.0
	for _, v := range log {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}
