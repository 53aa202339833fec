package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	cdrstream, file, dir, page, memory string
	sets                               []set
	records                            int64
	subscribers, days, runs            int
	sql, checkOnly                     bool
}

// run returns the exit code: 0 done, 1 the results differ or something failed, 2 bad
// usage.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) > 0 && args[0] == childWord {
		return child(ctx, args[1:], out, errs)
	}
	o, err := parse(args, errs)
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(errs, "compare:", err)
		}
		return 2
	}
	if err := o.compare(ctx, out, errs); err != nil {
		fmt.Fprintln(errs, "compare:", err)
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("compare", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&o.cdrstream, "cdrstream", "../../bin/cdrstream", "the `program` that is compared")
	fs.StringVar(&o.file, "file", "", "canonical CSV `file` to read; without one, traffic is generated")
	fs.StringVar(&o.dir, "dir", "", "`directory` for files, removed at the end; default: a temporary one")
	fs.StringVar(&o.page, "page", "", "`page` between whose markers (compare) the table goes too")
	fs.StringVar(&o.memory, "memory", "12GB", "`limit` of DuckDB")
	fs.Int64Var(&o.records, "records", 10_000_000, "of generated traffic")
	fs.IntVar(&o.subscribers, "subscribers", 100_000, "of generated traffic")
	fs.IntVar(&o.days, "days", 14, "of generated traffic")
	fs.IntVar(&o.runs, "runs", 3, "of each system, in turn; the medians count")
	names := fs.String("set", "14,core", "`sets` of features: 14, core")
	fs.BoolVar(&o.sql, "sql", false, "print the SQL and end")
	fs.BoolVar(&o.checkOnly, "check", false, "compare the results and end: no times")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	if fs.NArg() > 0 || o.runs < 1 || o.records < 1 || o.subscribers < 2 || o.days < 1 || o.days > maxDays {
		return nil, fmt.Errorf("no arguments; runs and records from 1, subscribers from 2, days 1 to %d", maxDays)
	}
	for name := range strings.SplitSeq(*names, ",") {
		s, ok := setOf(name)
		if !ok {
			return nil, fmt.Errorf("-set %s: the sets are 14 and core", name)
		}
		o.sets = append(o.sets, s)
	}
	return o, nil
}

// compare does it all.
func (o *options) compare(ctx context.Context, out, errs io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "cdrstream-compare")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := o.file
	if path == "" {
		path = filepath.Join(dir, "traffic.csv")
		fmt.Fprintf(errs, "generating %d records of %d subscribers over %d days\n", o.records, o.subscribers, o.days)
		if err := generate(path, o.subscribers, o.days, o.records); err != nil {
			return err
		}
	}
	s, err := look(ctx, path)
	if err != nil {
		return err
	}
	if o.sql {
		for _, set := range o.sets {
			fmt.Fprintf(out, "-- %s\n%s;\n", set.title, strings.Join(set.query.script(s, path, "out.parquet"), ";\n"))
		}
		return nil
	}
	places := filepath.Join(dir, "places.csv")
	if err := s.writePlaces(places); err != nil {
		return err
	}
	b := &bout{options: o, survey: s, path: path, places: places, dir: dir, errs: errs}
	if err := b.check(ctx); err != nil {
		return err
	}
	fmt.Fprintln(errs, "the results are the same")
	if o.checkOnly {
		return nil
	}
	if err := b.race(ctx); err != nil {
		return err
	}
	return b.report(out)
}
