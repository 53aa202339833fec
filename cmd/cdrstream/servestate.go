package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine"
)

// What the state directory of a live job holds.
const (
	checkpointDir = "checkpoint"
	natsDir       = "nats"   // the store of the server inside the process
	outboxDir     = "outbox" // of what is published to NATS
)

// openLiveState opens the checkpoints of a live job.
func openLiveState(cfg *config.Config, out string) (*state, error) {
	if there(filepath.Join(cfg.State, "MANIFEST")) {
		return nil, usagef("%s holds the state of a replay: choose another --state", cfg.State)
	}
	if err := apart(cfg.State, out); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.State, 0o700); err != nil {
		return nil, usagef("--state: %w", err)
	}
	return openStore(filepath.Join(cfg.State, checkpointDir))
}

// keep makes the job one with checkpoints.
func (s *serve) keep(ctx context.Context, out *outDir) error {
	absolute, err := filepath.Abs(out.path)
	if err != nil {
		return err
	}
	c := &s.job.config
	c.Stop, c.Latest, c.MaxFuture, c.Watch = ctx.Done(), s.builder.limit, time.Duration(s.cfg.MaxFuture), s.watch.engine()
	c.Checkpoints = &engine.Checkpoints{
		Store: s.state.store, Job: out.id.Job, Engine: version(), Due: every(time.Duration(s.cfg.CheckpointEvery)),
		Settings: checkpointSettings(s.job.settings), Out: absolute,
	}
	return nil
}

// inputs are the sources as the engine takes them: those of the checkpoint in its
// order, then new ones.
func (s *serve) inputs() error {
	for _, name := range s.options.retire {
		if !s.known(name) {
			return usagef("--retire %s: %s holds no job that reads it: cdrstream checkpoint inspect lists the sources", name, s.cfg.State)
		}
	}
	fresh := slices.Clone(s.intakes)
	var all []engine.Input
	if s.state.goesOn() {
		for _, src := range s.state.then.Sources {
			i := slices.IndexFunc(fresh, func(f intake) bool { return f.live.Name() == src.Name })
			switch {
			case i >= 0 && s.retired(src.Name):
				return usagef("--retire %s: the source is configured too: leave it out there, or here", src.Name)
			case i >= 0:
				all = append(all, fresh[i].input())
				fresh = slices.Delete(fresh, i, i+1)
			case s.retired(src.Name), src.Done: // a live source has an end only because it was retired
				all = append(all, engine.Input{Name: src.Name, Retired: true, Done: true})
			default:
				return usagef("%s holds a job that reads %s too, which is not configured now: add it, or read it no more with --retire %s", s.cfg.State, src.Name, src.Name)
			}
		}
	}
	for _, f := range fresh {
		all = append(all, f.input())
	}
	s.job.config.Inputs = all
	return nil
}
