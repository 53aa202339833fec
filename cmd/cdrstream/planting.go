package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/bench/traffic"
	"github.com/cdrstream/cdrstream/bench/traffic/output"
)

// plantingOptions are the flags of generate that say what is planted.
type plantingOptions struct {
	scenarios string
	truth     string
}

func (o *plantingOptions) flags(fs *pflag.FlagSet, c *traffic.Config) {
	fs.StringVar(&o.scenarios, "scenarios", "none", "what to plant: all, none, or a `list` of fraud, churn, honest, "+
		strings.Join(traffic.Scenarios(traffic.Fraud), ", ")+", "+strings.Join(traffic.Scenarios(traffic.Churn), ", ")+
		" and the honest look-alikes "+strings.Join(traffic.Scenarios(traffic.Honest), ", ")+"; irsf=30 plants it on 30 subscribers")
	fs.Float64Var(&c.ScenarioShare, "scenario-share", 0.0005, "`share` of the subscribers for each scenario without a count of its own; at least 2 of them")
	fs.StringVar(&o.truth, "truth", "", "`file` to write what was planted to: subscriber,scenario,from,to,first_record_id,kind")
	fs.BoolVar(&c.Outage, "outage", false, "lose all records of two days, six sevenths into the run: a feed that fails")
}

// configure puts what is to be planted into c.
func (o *plantingOptions) configure(c *traffic.Config, out string) (err error) {
	if c.Scenarios, err = traffic.ParseScenarios(o.scenarios); err != nil {
		return usagef("--scenarios: %w", err)
	}
	switch {
	case c.ScenarioShare == 0:
		return usagef("--scenario-share: 0 plants nothing; leave --scenarios out for that")
	case o.truth != "" && len(c.Scenarios) == 0:
		return usagef("--truth: nothing is planted; say what with --scenarios (all, or a list)")
	case o.truth != "" && (o.truth == out || o.truth == "-" || strings.HasSuffix(o.truth, "/")):
		return usagef("--truth: %q cannot hold the truth; name a file of its own", o.truth)
	}
	return nil
}

// open prepares the truth file, nil if none is wanted; nothing is written yet.
func (o *plantingOptions) open(c *traffic.Config, force bool) (*output.Output, error) {
	if o.truth == "" {
		return nil, nil
	}
	to := c.Start.AddDate(0, 0, c.Days)
	options := output.Options{Path: o.truth, Zone: c.Start.Location(), Header: traffic.TruthHeader(), Force: force}
	out, err := output.New(options, c.Start, to, io.Discard)
	if err != nil {
		return nil, usagef("--truth: %w", err)
	}
	return out, nil
}

// writeTruth writes what g has planted.
func writeTruth(g *traffic.Generator, w *traffic.Writer, out *output.Output) error {
	if out == nil {
		return nil
	}
	start := g.Config().Start.UnixMilli()
	for _, t := range g.Truth() {
		if err := out.Write(start, w.AppendTruth(nil, &t)); err != nil {
			out.Abandon()
			return fmt.Errorf("generate: the truth file: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("generate: the truth file: %w", err)
	}
	return nil
}

// planted says in a few words what was planted and lost, "" if nothing.
func planted(g *traffic.Generator) string {
	var text string
	if n := g.Counts(); n.Planted > 0 {
		text = fmt.Sprintf("; %d of them planted on %d subscribers", n.Planted, len(g.Truth()))
	}
	if n := g.Counts().Lost; n > 0 {
		text += fmt.Sprintf("; %d more lost in the outage", n)
	}
	return text
}
