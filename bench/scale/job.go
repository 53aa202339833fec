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

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/bench/report"
	"github.com/cdrstream/cdrstream/bench/synthetic"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// childWord as the first argument makes the process run one job, the second.
const childWord = "job"

// start runs the job in a process of its own.
func (p *point) start(ctx context.Context) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var out, errs bytes.Buffer
	c := exec.CommandContext(ctx, self, childWord, string(text))
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, errs.String())
	}
	return json.Unmarshal(out.Bytes(), &p.Result)
}

// child runs the job that text describes and prints what became of it.
func child(ctx context.Context, text string, out, errs io.Writer) int {
	var p point
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = p.run(ctx)
	}
	if err == nil {
		err = json.NewEncoder(out).Encode(p.Result)
	}
	if err != nil {
		fmt.Fprintln(errs, "scale:", err)
		return 1
	}
	return 0
}

// run runs the job.
func (p *point) run(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	e, err := engine.New(*c)
	if err != nil {
		return err
	}
	began := time.Now()
	s, err := e.Run(ctx)
	if err != nil {
		return err
	}
	p.Result = outcome{Seconds: time.Since(began).Seconds(), Rows: s.FeatureRows, Subscribers: s.Subscribers, State: int64(s.StateBytes)}
	if s.Ledger.Accepted != p.Traffic.Records {
		return fmt.Errorf("%d of %d records were accepted", s.Ledger.Accepted, p.Traffic.Records)
	}
	p.Result.Peak, err = report.Peak(0)
	return err
}

func (p *point) config() (*engine.Config, error) {
	in, err := synthetic.Input(p.Traffic)
	if err != nil {
		return nil, err
	}
	numbers, err := numbering.New(numbering.Options{})
	if err != nil {
		return nil, err
	}
	families := func() []feature.Family {
		return aggregators.All(aggregators.Options{
			Rhythm:  rhythm.Options{Zone: time.UTC, Weekdays: []time.Weekday{1, 2, 3, 4, 5}},
			Numbers: numbers, HighValueMicros: 5_000_000,
		})
	}
	var windows []window.Spec
	for _, text := range p.Windows {
		w, err := window.ParseSpec(text)
		if err != nil {
			return nil, err
		}
		windows = append(windows, w)
	}
	plan, err := feature.Compile(families(), windows, []string{feature.Core})
	if err != nil {
		return nil, err
	}
	return &engine.Config{
		Inputs: []engine.Input{in}, Families: families, Plan: plan, Zone: time.UTC, Lateness: time.Minute,
		EmitEvery: "1d", Retain: 100 * 24 * time.Hour, MaxContacts: 65536, MaxBuffer: 4 << 20,
		Workers: p.Workers, BlockSize: 256 << 10,
		Features: nothing{}, Rejects: nothing{}, Late: nothing{},
	}, nil
}

// nothing takes everything and keeps none of it.
type nothing struct{}

func (nothing) Write(context.Context, *feature.Frame) error { return nil }
func (nothing) Append(cdr.Origin, string, []byte) error     { return nil }
func (nothing) Cut(uint64) error                            { return nil }
func (nothing) Commit(context.Context, uint64) error        { return nil }

func (nothing) Prepare(context.Context, uint64) ([]disk.Staged, error) { return nil, nil }
func (nothing) Recover(context.Context, uint64, []disk.Staged) error   { return nil }
