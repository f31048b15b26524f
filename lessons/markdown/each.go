package markdown

import (
	"runtime"
	"sync"
)

// Each calls f for every name on all processors and returns the results in the order of the names: files are parsed so.
func Each[T any](names []string, f func(string) T) []T {
	out := make([]T, len(names))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, n := range names {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; wg.Done() }()
			out[i] = f(n)
		}()
	}
	wg.Wait()
	return out
}
