package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/cdrstream/cdrstream/bench/report"
)

// A bout is systems over one file.
type bout struct {
	*options
	survey            *survey
	path, places, dir string
	errs              io.Writer
	entries           []*entry
}

// An entry is a line of the table.
type entry struct {
	set, system string
	run         func(context.Context) (result, error)
	against     *entry // whose time is 1; nil: itself
	results     []result
}

// duckDB computes a set into the file at out.
func (b *bout) duckDB(s *set, out string) *task {
	return &task{System: "duckdb", Path: b.path, Places: b.places, Script: s.query.script(b.survey, b.path, out), Memory: b.memory, Spill: filepath.Join(b.dir, "spill")}
}

func (b *bout) file(parts ...string) string {
	return filepath.Join(append([]string{b.dir}, parts...)...)
}

// check computes each set once with both systems and compares.
func (b *bout) check(ctx context.Context) error {
	for i := range b.sets {
		s := &b.sets[i]
		ours, theirs := b.file("ours"), b.file("theirs.parquet")
		if _, err := replay(ctx, b.cdrstream, b.path, ours, s.query.names(), "none"); err != nil {
			return err
		}
		if _, err := b.duckDB(s, theirs).start(ctx); err != nil {
			return err
		}
		db, err := openDuckDB(b.memory, b.file("spill"))
		if err != nil {
			return err
		}
		err = same(ctx, db, &s.query, ours, theirs)
		db.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
		fmt.Fprintf(b.errs, "%s: %d columns are the same\n", s.title, len(s.query.outputs()))
	}
	return nil
}

// race runs every system so many times, in turn. What the one before has left to write is
// on the disk before the next begins.
func (b *bout) race(ctx context.Context) error {
	for i := range b.sets {
		s := &b.sets[i]
		ours := &entry{set: s.title, system: "cdrstream", run: func(ctx context.Context) (result, error) {
			return replay(ctx, b.cdrstream, b.path, b.file("ours"), s.query.names(), "none")
		}}
		b.entries = append(b.entries, ours, &entry{set: s.title, system: "DuckDB", against: ours, run: func(ctx context.Context) (result, error) {
			return b.duckDB(s, b.file("theirs.parquet")).start(ctx)
		}})
		if s.name == "core" {
			b.entries = append(b.entries, &entry{set: s.title, system: "cdrstream with its rules", against: ours, run: func(ctx context.Context) (result, error) {
				return replay(ctx, b.cdrstream, b.path, b.file("ours"), s.query.names(), "builtin")
			}})
		}
	}
	for _, floor := range [][2]string{{"scan", "line feeds, 2 goroutines"}, {"parse", "our decoder alone, 2 goroutines"}} {
		b.entries = append(b.entries, &entry{set: "floors", system: floor[1], against: b.entries[0], run: func(ctx context.Context) (result, error) {
			r, err := (&task{System: floor[0], Path: b.path}).start(ctx)
			if err == nil && r.Records != b.survey.records {
				err = fmt.Errorf("%s: %d records of %d", floor[0], r.Records, b.survey.records)
			}
			return r, err
		}})
	}
	for range b.runs {
		for _, e := range b.entries {
			syscall.Sync()
			r, err := e.run(ctx)
			if err != nil {
				return err
			}
			fmt.Fprintf(b.errs, "%s, %s: %.2f s\n", e.set, e.system, r.Seconds)
			e.results = append(e.results, r)
		}
	}
	return nil
}

// report prints the table.
func (b *bout) report(out io.Writer) error {
	t := report.NewTable("what", "system", " seconds", " records/s", " peak memory", " time, cdrstream = 1")
	for _, e := range b.entries {
		seconds := e.seconds()
		against := e.against
		if against == nil {
			against = e
		}
		t.Row(e.set, e.system, fmt.Sprintf("%.2f", seconds), report.Count(float64(b.survey.records)/seconds), report.Bytes(e.peak()), fmt.Sprintf("%.2f", seconds/against.seconds()))
	}
	info, err := os.Stat(b.path)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s records (%s of CSV), %d days; %s.\nMedians of %d runs, in turn. All columns were compared and are the same. Of the core set nothing is left out.\n\n%s",
		report.Count(float64(b.survey.records)), report.Bytes(info.Size()), b.survey.days, report.Machine(), b.runs, t)
	if b.page != "" {
		if err := report.Replace(b.page, "compare", text); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(out, strings.TrimSuffix(text, "\n"))
	return err
}

func (e *entry) seconds() float64 {
	return median(e.results, func(r result) float64 { return r.Seconds })
}

func (e *entry) peak() int64 {
	return int64(median(e.results, func(r result) float64 { return float64(r.Peak) }))
}

func median(results []result, of func(result) float64) float64 {
	var all []float64
	for _, r := range results {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
