package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/bench/traffic"
	"github.com/cdrstream/cdrstream/bench/traffic/output"
)

const generateHelp = `Write call-detail records that look like those of a mobile network: communities
of people who call each other, heavy and light users, working days and evenings,
homes and workplaces, calls that nobody answers, messages, data sessions,
roaming and calls abroad. All subscribers are honest, unless --scenarios plants
frauds, customers who leave, and honest people who look like frauds; --truth
writes down who played what, and when. from is the release of the first record of
the scenario, to that of the last; of those who leave, from is the last thing they
did, or the beginning of the decline. The last column, kind, is fraud, churn or
honest. What is planted comes on top of --records.

The same flags give the same bytes on every machine. Records come in the order
in which a switch writes them: by the end of the call.

A name that ends in .gz or .zst is compressed. Numbers are written as
+<country code>..., short codes as they are dialled. visited_plmn is there for
roamers only. A call between two subscribers is one record with direction both;
a call to or from another network carries its subscriber's leg alone. The
records of one call share its record_id; they differ in direction or
partial_sequence.`

const generateExample = `  cdrstream generate --out week.csv.zst
  cdrstream generate --subscribers 100000 --days 14 --records 10000000 --columns lean --out dense.csv
  cdrstream generate --disorder 2s --duplicates 0.001 --malformed 0.0005 --out rough.jsonl.gz
  cdrstream generate --split day --out spool/cdr.csv.gz      writes spool/cdr-2026-01-05.csv.gz ...
  cdrstream generate --days 60 --scenarios all --truth truth.csv --out months.csv.zst
  cdrstream generate --scenarios irsf=20,courier=50 --truth truth.csv --out week.csv`

// generateOptions are the flags that are not fields of the configuration as
// they stand.
type generateOptions struct {
	config   traffic.Config
	planting plantingOptions
	start    string
	timezone string
	columns  string
	format   string
	legs     string
	split    string
	out      string
	force    bool
}

func newGenerateCommand() *cobra.Command {
	o := &generateOptions{}
	c := &cobra.Command{
		Use:     "generate",
		Short:   "Write realistic synthetic call-detail records",
		Long:    generateHelp,
		Example: generateExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unexpected argument %q: the file to write is named with --out, the length of --partials with = (--partials=30m)", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.IntVar(&o.config.Subscribers, "subscribers", 10_000, "how many subscribers the network has")
	fs.IntVar(&o.config.Days, "days", 7, "how many days of traffic")
	fs.StringVar(&o.start, "start", "2026-01-05", "the first `day`, YYYY-MM-DD, in --timezone")
	fs.StringVar(&o.timezone, "timezone", "UTC", "IANA `zone` of the network: its people sleep at its night, times carry its offset")
	fs.Uint64Var(&o.config.Seed, "seed", 1, "another seed gives another network")
	fs.Int64Var(&o.config.Records, "records", 0, fmt.Sprintf("exactly this many records, duplicates and malformed ones included; 0 = %d attempts per subscriber and day", traffic.RecordsPerDay))
	fs.StringVar(&o.config.Country, "country", "FR", "numbering plan: "+strings.Join(traffic.Countries(), ", "))
	fs.StringVarP(&o.out, "out", "o", "-", "`file` to write, - is standard output; .gz and .zst are compressed")
	fs.StringVar(&o.format, "output-format", "", "csv or jsonl; default jsonl when the file is named so, else csv")
	fs.StringVar(&o.columns, "columns", "all", "all, lean (about 115 bytes a record, for benchmarks) or a `list`: record_id,start_time,...")
	fs.StringVar(&o.legs, "legs", "both", "both: a call inside the network is one record; split: an originating and a terminating one")
	fs.DurationVar(&o.config.Partials, "partials", 0, "write calls and sessions longer than this in slices; --partials alone means 15m")
	fs.Lookup("partials").NoOptDefVal = "15m"
	fs.DurationVar(&o.config.Disorder, "disorder", 0, "write a record up to this long after its release, so that the file is out of order by as much")
	fs.Float64Var(&o.config.Duplicate, "duplicates", 0, fmt.Sprintf("`share` of records that are written twice, the second time up to %v later", traffic.DuplicateDelay))
	fs.Float64Var(&o.config.Malformed, "malformed", 0, "`share` of records that come out damaged, in a dozen ways")
	o.planting.flags(fs, &o.config)
	fs.StringVar(&o.split, "split", "", "day or hour: a file for each, its date put before the extension of --out")
	fs.BoolVar(&o.force, "force", false, "overwrite files that exist")
	return c
}

// run checks everything that can be wrong before it writes anything.
func (o *generateOptions) run(c *cobra.Command) error {
	if err := o.configure(); err != nil {
		return err
	}
	columns, err := traffic.ParseColumns(o.columns)
	if err != nil {
		return usagef("--columns: %w", err)
	}
	g, err := traffic.New(o.config)
	if err != nil {
		return badTraffic(err)
	}
	w, err := traffic.NewWriter(o.config, columns)
	if err != nil {
		return err
	}
	to := o.config.Start.AddDate(0, 0, o.config.Days)
	out, err := output.New(o.output(columns), o.config.Start, to, c.OutOrStdout())
	if err != nil {
		return usagef("--out: %w", err)
	}
	truth, err := o.planting.open(&o.config, o.force)
	if err != nil {
		return err
	}
	line := w.AppendCSV
	if o.format == "jsonl" {
		line = w.AppendJSON
	}
	if err := generate(c.Context(), g, out, line); err != nil {
		out.Abandon()
		return err
	}
	if err := writeTruth(g, w, truth); err != nil {
		return err
	}
	n := g.Counts()
	fmt.Fprintf(c.ErrOrStderr(), "%d records: %d calls, %d messages, %d data sessions (%d duplicates, %d malformed)%s\n",
		n.Records, n.Calls, n.Messages, n.Sessions, n.Duplicates, n.Malformed, planted(g))
	return nil
}

// configure turns the flags that are text into the configuration.
func (o *generateOptions) configure() error {
	zone, err := time.LoadLocation(o.timezone)
	if err != nil || o.timezone == "Local" || o.timezone == "" {
		return usagef("--timezone: no time zone %q; give an IANA name such as Europe/Paris", o.timezone)
	}
	if o.config.Start, err = time.ParseInLocation(time.DateOnly, o.start, zone); err != nil {
		return usagef("--start: %q is not a date; write it as 2026-01-05", o.start)
	}
	// Zero means "the default" to the package, and is a mistake here.
	if o.config.Subscribers == 0 || o.config.Days == 0 {
		return usagef("--subscribers and --days: 0 makes no traffic; give at least 2 and 1")
	}
	o.config.Country = strings.ToUpper(o.config.Country)
	o.config.SplitLegs = o.legs == "split"
	_, ext := output.Extension(o.out)
	switch {
	case o.format == "" && strings.HasPrefix(ext, ".jsonl"):
		o.format = "jsonl"
	case o.format == "":
		o.format = "csv"
	}
	switch {
	case o.legs != "both" && o.legs != "split":
		return usagef("--legs: %q is neither both nor split", o.legs)
	case o.format != "csv" && o.format != "jsonl":
		return usagef("--output-format: %q is neither csv nor jsonl", o.format)
	case o.split != "" && o.split != "day" && o.split != "hour":
		return usagef("--split: %q is neither day nor hour", o.split)
	case o.split != "" && o.out == "-":
		return usagef("--split: standard output cannot be split; name the files with --out DIR/NAME.csv")
	case o.out == "" || strings.HasSuffix(o.out, "/"):
		return usagef("--out: %q is not the name of a file; for --split write DIR/NAME.csv", o.out)
	}
	return o.planting.configure(&o.config, o.out)
}

func (o *generateOptions) output(columns []string) output.Options {
	out := output.Options{Path: o.out, Zone: o.config.Start.Location(), Force: o.force}
	if o.format == "csv" {
		out.Header = traffic.Header(columns)
	}
	switch o.split {
	case "day":
		out.Split = output.Daily
	case "hour":
		out.Split = output.Hourly
	}
	return out
}

// badTraffic names the flag that stands for a field of the configuration.
func badTraffic(err error) error {
	var bad *traffic.ConfigError
	if !errors.As(err, &bad) {
		return err
	}
	flag := strings.ToLower(bad.Field)
	switch bad.Field {
	case "Duplicate":
		flag = "duplicates"
	case "ScenarioShare":
		flag = "scenario-share"
	}
	return usagef("--%s: %s", flag, bad.Reason)
}

// generate writes all records of g.
func generate(ctx context.Context, g *traffic.Generator, out *output.Output, line func([]byte, *traffic.Record) []byte) error {
	var r traffic.Record
	var buf []byte
	for n := 0; g.Next(&r); n++ {
		if n&0xffff == 0 && ctx.Err() != nil {
			return &exitError{exitSignal, errors.New("generate: stopped by a signal; the unfinished file is removed")}
		}
		buf = line(buf[:0], &r)
		if err := out.Write(r.Written, buf); err != nil {
			return fmt.Errorf("generate: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	return nil
}
