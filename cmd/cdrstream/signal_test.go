package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/checkpoint"
)

// More than is looked at to detect the format, and not the end of it.
var manyRecords = "start_time,calling_number\n" + strings.Repeat("2026-01-05T10:00:00Z,4915\n", 5000)

// A signal ends a replay that waits for more input: exit code 4, and nothing
// stays. So whatever command may come next, the same or another.
func TestSignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Chdir(t.TempDir())
			c, last := interrupted(t, sig)
			if got := c.ProcessState.ExitCode(); got != exitSignal || !strings.Contains(last, "stopped by a signal") {
				t.Errorf("exit code %d, last words: %s", got, last)
			}
			if _, err := os.Stat("out"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("out was left: %v", err)
			}
			expect(t, 0, "-")
			expect(t, exitUsage, "-") // over a complete output
		})
	}
}

// A process that was killed leaves its directory to the same command. Another
// one may not have it unasked.
func TestKilled(t *testing.T) {
	t.Chdir(t.TempDir())
	interrupted(t, syscall.SIGKILL)
	if _, err := os.Stat("out/features"); err == nil {
		t.Error("features were published")
	}
	expect(t, exitUsage, "--lateness", "5m", "-")
	if err := os.WriteFile("more.csv", []byte(manyRecords), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(t, 0, "-", "more.csv")
}

// While one process writes, no other one does, not even with --overwrite.
func TestTwoAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	c, in, lines := start(t)
	for _, args := range [][]string{{"-"}, {"--lateness", "5m", "-"}, {"--overwrite", "-"}} {
		if text := expect(t, exitUsage, args...); !strings.Contains(text, "is being written by another process") {
			t.Errorf("%v: %s", args, text)
		}
	}
	in.Close()
	for lines.Scan() {
	}
	if err := c.Wait(); err != nil {
		t.Errorf("the first process: %v", err)
	}
	if _, err := os.Stat("out/summary.json"); err != nil {
		t.Error(err)
	}
}

// start starts a replay of standard input that has begun to write and waits.
func start(t *testing.T) (*exec.Cmd, io.WriteCloser, *bufio.Scanner) {
	t.Helper()
	c := exec.Command("cdrstream", "replay", "-")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, manyRecords); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.Contains(lines.Text(), "msg=start") {
		t.Log(lines.Text())
	}
	return c, in, lines
}

// interrupted is a replay that got a signal, and its last words.
func interrupted(t *testing.T, sig syscall.Signal) (c *exec.Cmd, last string) {
	t.Helper()
	c, _, lines := start(t)
	if err := c.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		last = lines.Text()
	}
	if err := c.Wait(); err == nil {
		t.Fatal("the signal had no effect")
	}
	return c, last
}

// expect runs replay on the same input and checks its exit code.
func expect(t *testing.T, code int, args ...string) (stderr string) {
	t.Helper()
	c := exec.Command("cdrstream", append([]string{"replay", "-q"}, args...)...)
	c.Stdin = strings.NewReader(manyRecords)
	var text strings.Builder
	c.Stderr = &text
	_ = c.Run() // the code tells
	if got := c.ProcessState.ExitCode(); got != code {
		t.Errorf("replay %v: exit code %d, want %d: %s", args, got, code, text.String())
	}
	return text.String()
}

// A process that died before it came to say whose its directory is leaves nothing
// that keeps others out.
func TestDiedAtOnce(t *testing.T) {
	for _, left := range []string{"out/.staging", "out/.staging/job.json"} {
		t.Run(left, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.MkdirAll("out/.staging", 0o755); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(left, ".json") {
				if err := os.WriteFile(left, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			expect(t, 0, "-")
		})
	}
}

// While one process has a state directory, a second one ends at once.
func TestStateLocked(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.csv", []byte(manyRecords), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := checkpoint.Open(stateDisk(), "state")
	if err != nil {
		t.Fatal(err)
	}
	text := expect(t, exitUsage, "--state", "state", "a.csv")
	if !strings.Contains(text, "state") || !strings.Contains(text, "another process") {
		t.Errorf("the message: %s", text)
	}
	if _, err := os.Stat("out"); err == nil {
		t.Error("out was made")
	}
	store.Close()
	expect(t, 0, "--state", "state", "a.csv")
}
