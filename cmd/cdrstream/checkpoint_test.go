package main

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// stateDir makes a state directory, the one of version 1 that every version must
// read: statedir DIR.
func stateDir(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: statedir DIR")
	}
	wd, err := os.Getwd() // of the tests, not of the script
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(wd+"/../../engine/checkpoint/testdata/v1")))
}

// flip changes one bit of a file: flip FILE BYTE.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: flip FILE BYTE")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:                  "in the future of this clock",
		0:                             "0 seconds ago",
		1999 * time.Millisecond:       "1 second ago",
		59 * time.Second:              "59 seconds ago",
		61 * time.Minute:              "1 hour ago",
		47*time.Hour + 59*time.Minute: "47 hours ago",
		48 * time.Hour:                "2 days ago",
	} {
		if got := age(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
