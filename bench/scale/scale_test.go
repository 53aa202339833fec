package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJob: a job counts everybody and everything, whatever the workers.
func TestJob(t *testing.T) {
	tr := traffic(500, 20)
	var rows int64
	for _, workers := range []int{1, 2} {
		p := point{Traffic: tr, Windows: days(), Workers: workers}
		if err := p.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := p.Result
		if r.Subscribers != 500 || r.State < 500*64 || r.Seconds <= 0 || r.Peak < 1<<20 {
			t.Errorf("%d workers: %+v", workers, r)
		}
		if r.Rows < 500*6 || r.Rows > 500*7 || rows != 0 && rows != r.Rows {
			t.Errorf("%d workers: %d rows, before %d", workers, r.Rows, rows)
		}
		rows = r.Rows
	}
}

// TestChild: what the parent tells a child is what it does.
func TestChild(t *testing.T) {
	text, err := json.Marshal(point{Traffic: traffic(100, 10), Windows: days(), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := scale(t.Context(), []string{childWord, string(text)}, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	var r outcome
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || r.Subscribers != 100 {
		t.Errorf("%v: %s", err, &out)
	}
}

// TestCurves: they are as the page says, shrink in all they are, and a bar that is not
// met is told.
func TestCurves(t *testing.T) {
	for _, c := range curves(true) {
		before := c.Points[0].Traffic
		c.shrink(10)
		if after := c.Points[0].Traffic; after.Subscribers*10 != before.Subscribers || after.Records*10 != before.Records {
			t.Errorf("%s: %+v became %+v", c.Name, before, after)
		}
		for i := range c.Points {
			c.Points[i].Result = outcome{Seconds: 1, Peak: barLimit + 1, Subscribers: 1}
		}
		if lines := strings.Count(c.table().String(), "\n"); lines != len(c.Points)+2 {
			t.Errorf("%s: a table of %d lines", c.Name, lines)
		}
		if (c.missed() != "") != (c.Name == "subscribers") {
			t.Errorf("%s: missed: %q", c.Name, c.missed())
		}
	}
}

func TestKeep(t *testing.T) {
	dir := t.TempDir()
	page, figures := filepath.Join(dir, "page.md"), filepath.Join(dir, "scale.json")
	if err := os.WriteFile(page, []byte("<!-- scale: begin -->\n<!-- scale: end -->\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := keep(curves(false), "tables\n", page, figures); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "tables") {
		t.Errorf("%v: %s", err, text)
	}
	var back []*curve
	if data, err := os.ReadFile(figures); err != nil || json.Unmarshal(data, &back) != nil || len(back) != len(curves(false)) {
		t.Errorf("%v: %d curves", err, len(back))
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-only", "nothing"}, {"x"}, {"-what"}} {
		var out, errs bytes.Buffer
		if code := scale(t.Context(), args, &out, &errs); code != 2 || errs.Len() == 0 {
			t.Errorf("%v: exit %d, %q", args, code, &errs)
		}
	}
}

// TestConfig: what a point says is what the job is made of.
func TestConfig(t *testing.T) {
	p := point{Traffic: traffic(100, 10), Windows: []string{"1d", "7d", "30d", "90d"}, Workers: 3}
	c, err := p.config()
	if err != nil {
		t.Fatal(err)
	}
	if c.Workers != 3 || len(c.Plan.Windows) != 4 || len(c.Inputs) != 1 {
		t.Errorf("%d workers, %d windows, %d inputs", c.Workers, len(c.Plan.Windows), len(c.Inputs))
	}
}
