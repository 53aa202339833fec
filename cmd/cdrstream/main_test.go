package main

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cdrstream": main})
}

// The command line, as a user meets it: testdata/script/*.txt.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "statedir": stateDir, "flip": flip, "nats": startNATS},
	})
}

// exits runs a program and checks its exit code: exits 2 cdrstream ... Bad usage
// has to be one line on standard error that names the program, and nothing on
// standard output.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGUMENT...]")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
	if got != exitUsage {
		return
	}
	line, ended := strings.CutSuffix(ts.ReadFile("stderr"), "\n")
	if !ended || strings.Contains(line, "\n") || !strings.HasPrefix(line, "cdrstream: ") {
		ts.Fatalf("not one line that names the program: %q", line)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("bad usage, and yet output: %q", out)
	}
}

// The name of a file does nothing to a terminal.
func TestOneLine(t *testing.T) {
	for s, want := range map[string]string{
		"a: b\nc\r\n":                "a: b; c",
		"\x1b[31m\x00\u202e\u009b2J": `\x1b[31m\x00\u202e\u009b2J`,
		`Müller's "ça" \ 中`:          `Müller's "ça" \ 中`,
	} {
		if got := oneLine(s); got != want {
			t.Errorf("%q became %s, want %s", s, got, want)
		}
	}
}
