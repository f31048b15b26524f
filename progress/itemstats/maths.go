package itemstats

import (
	"cmp"
	"math"
	"slices"
)

// Z90 is the 95th percentile of the normal distribution: a range of 90 %.
const Z90 = 1.6448536269514722

// Range is a figure with its 90 % range.
type Range struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Wilson is the score interval of a share (0 to 1) of n answers between the quantiles -z and z of the normal distribution: E. B. Wilson, "Probable
// inference, the law of succession, and statistical inference", Journal of the American Statistical Association 22, 1927. It is 0 to 1 where n is
// nothing.
func Wilson(share, n, z float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	z2 := z * z
	mid := (share + z2/(2*n)) / (1 + z2/n)
	half := z / (1 + z2/n) * math.Sqrt(share*(1-share)/n+z2/(4*n*n))
	return max(0, mid-half), min(1, mid+half)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// covariance is of a sample: over n-1.
func covariance(x, y []float64) float64 {
	mx, my, sum := mean(x), mean(y), 0.0
	for i := range x {
		sum += (x[i] - mx) * (y[i] - my)
	}
	return sum / float64(len(x)-1)
}

func variance(x []float64) float64 { return covariance(x, x) }

// correlation is Pearson's; false where either does not vary.
func correlation(x, y []float64) (float64, bool) {
	if len(x) < 2 {
		return 0, false
	}
	vx, vy := variance(x), variance(y)
	const none = 1e-12
	if vx < none || vy < none {
		return 0, false
	}
	return min(1, max(-1, covariance(x, y)/math.Sqrt(vx*vy))), true
}

// fisher is the 90 % range of a correlation by Fisher's z (R. A. Fisher, "On the probable error of a coefficient of correlation", Metron 1, 1921).
func fisher(r float64, n int) (low, high float64) {
	if n < 4 {
		return -1, 1
	}
	const edge = 1 - 1e-9
	z, half := math.Atanh(min(edge, max(-edge, r))), Z90/math.Sqrt(float64(n-3))
	return math.Tanh(z - half), math.Tanh(z + half)
}

// above is the one-sided chance of a correlation this great or greater in n pairs, if there were none.
func above(r float64, n int) float64 {
	if n < 4 {
		return 1
	}
	const edge = 1 - 1e-9
	return upper(math.Atanh(min(edge, max(-edge, r))) * math.Sqrt(float64(n-3)))
}

// upper is the chance of a standard normal value above z.
func upper(z float64) float64 { return 0.5 * math.Erfc(z/math.Sqrt2) }

// quantile is the value below which the share q of the sorted values lies, between neighbours in proportion (type 7 of R. J. Hyndman and Y. Fan,
// "Sample quantiles in statistical packages", American Statistician 50, 1996).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// adjusted are p-values as they stand among so many tests: to call each below q a finding makes a share q of the findings false (Y. Benjamini
// and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57, 1995).
func adjusted(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) })
	out, least := make([]float64, len(p)), 1.0
	for i, at := range order {
		least = min(least, p[at]*float64(len(p))/float64(len(p)-i))
		out[at] = least
	}
	return out
}

func ptr(v float64) *float64 { return &v }
