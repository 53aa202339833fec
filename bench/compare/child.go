package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/cdrstream/cdrstream/bench/report"
)

// childWord as the first argument makes this program one of the systems.
const childWord = "child"

// task is what a child is to do.
type task struct {
	System string   `json:"system"` // duckdb, scan, parse
	Path   string   `json:"path"`
	Places string   `json:"places"`
	Script []string `json:"script"`
	Memory string   `json:"memory"`
	Spill  string   `json:"spill"`
}

// result is what a run took.
type result struct {
	Seconds float64 `json:"seconds"`
	Peak    int64   `json:"peak"`    // bytes
	Records int64   `json:"records"` // that a floor counted
}

// child does the task that is its argument and prints the result.
func child(ctx context.Context, args []string, out, errs io.Writer) int {
	var t task
	var r result
	if len(args) != 1 {
		fmt.Fprintln(errs, "compare child: one argument, a task")
		return 2
	}
	err := json.Unmarshal([]byte(args[0]), &t)
	if err == nil {
		r, err = t.run(ctx)
	}
	if err == nil {
		r.Peak, err = report.Peak(0)
	}
	if err == nil {
		err = json.NewEncoder(out).Encode(r)
	}
	if err != nil {
		fmt.Fprintf(errs, "compare child: %s: %v\n", t.System, err)
		return 1
	}
	return 0
}

func (t *task) run(ctx context.Context) (r result, err error) {
	switch t.System {
	case "scan":
		return timed(func() (int64, error) { return scan(t.Path) })
	case "parse":
		return timed(func() (int64, error) { return parseOnly(ctx, t.Path) })
	}
	db, err := openDuckDB(t.Memory, t.Spill)
	if err != nil {
		return r, err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, placesTable(t.Places)); err != nil {
		return r, err
	}
	return timed(func() (int64, error) { return 0, execute(ctx, db, t.Script) })
}

func timed(f func() (int64, error)) (r result, err error) {
	start := time.Now()
	r.Records, err = f()
	r.Seconds = time.Since(start).Seconds()
	return r, err
}

// start does a task in a process of its own.
func (t *task) start(ctx context.Context) (r result, err error) {
	text, err := json.Marshal(t)
	if err != nil {
		return r, err
	}
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	var out, errs bytes.Buffer
	c := exec.CommandContext(ctx, self, childWord, string(text))
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return r, fmt.Errorf("%w: %s", err, errs.String())
	}
	return r, json.Unmarshal(out.Bytes(), &r)
}
