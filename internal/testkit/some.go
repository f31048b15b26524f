package testkit

// Some is every nth of a list where the race detector watches, and all of it elsewhere: for pure functions that are tried on everything
// that ships, and that CI tries without the detector too.
func Some[T any](n int, list []T) []T {
	if !Race {
		return list
	}
	var out []T
	for i := 0; i < len(list); i += n {
		out = append(out, list[i])
	}
	return out
}

// Times is n, or what is enough where the race detector watches: for trials of pure functions.
func Times[N uint64 | int](n, watched N) N {
	if Race {
		return watched
	}
	return n
}
