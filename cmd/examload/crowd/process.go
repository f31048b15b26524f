package crowd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Build makes the crosswalk program in a folder and gives its path. It is to be run somewhere in this module.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "crosswalk")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "crosswalk/cmd/crosswalk")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}

// Process is a server that can be killed and started again at the same address.
type Process struct {
	Addr   string
	Starts int
	binary string
	args   []string

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
	log  *tail
	cpu  time.Duration // of those that have ended
}

// tail keeps the end of what a process says.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.b = append(t.b, p...); len(t.b) > 1<<16 {
		t.b = append([]byte(nil), t.b[len(t.b)-1<<15:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// NewProcess is a server that is not started yet, with more arguments of `crosswalk serve`. Its address is free now and lies below those
// that the system gives to connections, so that nothing takes it while the server is down.
func NewProcess(binary string, args ...string) (*Process, error) {
	for range 200 {
		addr := fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000))
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		ln.Close()
		return &Process{Addr: addr, binary: binary, args: append([]string{"serve", "-addr", addr, "-trusted-proxies", "127.0.0.1"}, args...), log: &tail{}}, nil
	}
	return nil, errors.New("no free address was found")
}

// startsWithin is how long a server may take until it is ready.
const startsWithin = 60 * time.Second

// Start starts the server and waits until it is ready.
func (p *Process) Start() error {
	cmd := exec.Command(p.binary, p.args...)
	cmd.Stderr = p.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	done, ready := make(chan struct{}), make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		for told := false; lines.Scan(); {
			if !told && strings.Contains(lines.Text(), "is ready: ") {
				told = true
				close(ready)
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		p.mu.Lock()
		p.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		p.mu.Unlock()
		close(done)
	}()
	p.mu.Lock()
	p.cmd, p.done = cmd, done
	p.mu.Unlock()
	p.Starts++
	select {
	case <-ready:
		return nil
	case <-done:
		return fmt.Errorf("the server ended before it was ready:\n%s", p.log)
	case <-time.After(startsWithin):
		p.Kill()
		return fmt.Errorf("the server was not ready within %s:\n%s", startsWithin, p.log)
	}
}

// Kill ends the server without a warning, as a crash does, and waits until it is gone.
func (p *Process) Kill() { p.end(os.Kill) }

// Stop asks the server to end and waits until it has.
func (p *Process) Stop() { p.end(os.Interrupt) }

func (p *Process) end(sig os.Signal) {
	p.mu.Lock()
	cmd, done := p.cmd, p.done
	p.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Signal(sig)
	<-done
}

// Log is the end of what the server wrote to its log.
func (p *Process) Log() string { return p.log.String() }

// pid is of the server that runs now.
func (p *Process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}

var (
	residentNow  = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+)`)
	residentMost = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+)`)
)

// Memory is what the server takes of it in megabytes, now and at its most; zeros where the system does not tell.
func (p *Process) Memory() (now, most float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	if err != nil {
		return 0, 0
	}
	figure := func(re *regexp.Regexp) float64 {
		m := re.FindSubmatch(status)
		if m == nil {
			return 0
		}
		kb, _ := strconv.Atoi(string(m[1]))
		return float64(kb) / 1024
	}
	return figure(residentNow), figure(residentMost)
}

// CPU is the processor time that the server has used, those before it too; 0 where the system does not tell.
func (p *Process) CPU() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid()))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // the name may hold blanks
	f := strings.Fields(string(rest))
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cpu + time.Duration(user+system)*tick
}

// Metrics reads figures without labels from /metrics.
func (p *Process) Metrics() (map[string]float64, error) {
	res, err := http.Get("http://" + p.Addr + "/metrics")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	out := map[string]float64{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			out[name] = v
		}
	}
	return out, lines.Err()
}
