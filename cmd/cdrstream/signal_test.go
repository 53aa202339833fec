package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A signal ends a replay that waits for more input: exit code 4, nothing
// published. The same command may then run again, another one may not.
func TestSignal(t *testing.T) {
	t.Chdir(t.TempDir())
	// More than is looked at to detect the format, and not the end of it.
	records := "start_time,calling_number\n" + strings.Repeat("2026-01-05T10:00:00Z,4915\n", 5000)
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
	if _, err := io.WriteString(in, records); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.Contains(lines.Text(), "msg=start") {
		t.Log(lines.Text())
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	var exit *exec.ExitError
	if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitSignal {
		t.Fatalf("ended with %v: %s", err, last)
	}
	if !strings.Contains(last, "stopped by a signal") {
		t.Errorf("last words: %s", last)
	}
	if _, err := os.Stat(filepath.Join("out", "features")); err == nil {
		t.Error("features were published")
	}

	again := func(args ...string) error {
		c := exec.Command("cdrstream", append([]string{"replay", "-q"}, args...)...)
		c.Stdin = strings.NewReader(records)
		return c.Run()
	}
	if err := again("--lateness", "5m", "-"); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		t.Errorf("another job over what was left: %v", err)
	}
	if err := again("-"); err != nil {
		t.Errorf("the same job again: %v", err)
	}
	if err := again("-"); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		t.Errorf("over a complete output: %v", err)
	}
}
