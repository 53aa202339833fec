package main

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/sinks/jetstream"
	"github.com/cdrstream/cdrstream/sinks/metrics"
	"github.com/cdrstream/cdrstream/sinks/webhook"
)

// outlet tells of the outbox of a sink.
type outlet func() metrics.Outbox

// published tells of a sink that publishes to NATS.
func published(name string, p jetstream.Pending) metrics.Outbox {
	return metrics.Outbox{Sink: name, Bytes: p.Bytes, Segments: int64(p.Segments), Oldest: p.Oldest, Sent: p.Sent}
}

// posted tells of the webhook.
func posted(s webhook.Stats) metrics.Outbox {
	return metrics.Outbox{
		Sink: "webhook", Bytes: s.Waiting, Segments: int64(s.Segments),
		Sent: s.Sent, Dead: s.Refused + s.Crowded + s.Damaged, Retries: s.Retries,
	}
}

// ownLimit is how long the server inside the process keeps what was published.
const ownLimit = 7 * 24 * time.Hour

// openOutlets makes the sinks that only a live job has.
func (s *serve) openOutlets(ctx context.Context, job string) error {
	if err := s.noLoop(ctx); err != nil {
		return err
	}
	c := &s.job.config
	if s.job.hook != nil {
		s.watch.outlets = append(s.watch.outlets, func() metrics.Outbox { return posted(s.job.hook.Stats()) })
	}
	if to := s.cfg.FeaturesTo; to != "" {
		o := s.outletOptions(job, to, "FEATURES")
		o.Encoding, o.Metadata = jetstream.Encoding(s.cfg.FeaturesAs), s.job.metadata()
		sink, err := jetstream.NewFeatures(s.outbox("features"), s.bus.JS, c.Plan.Schema, o)
		if err != nil {
			return usage(err)
		}
		c.MoreFeatures = append(c.MoreFeatures, engine.FeatureOutput{Name: "features_nats", Sink: sink})
		s.job.sinks = append(s.job.sinks, sink)
		s.watch.outlets = append(s.watch.outlets, func() metrics.Outbox { return published("features_nats", sink.Pending()) })
	}
	if to := s.cfg.AlertsTo; to != "" {
		if c.Rules == nil {
			return usagef("nats.alerts_to is where alerts are published, but rules is none: there will be none")
		}
		sink, err := jetstream.NewAlerts(s.outbox("alerts"), s.bus.JS, s.outletOptions(job, to, "ALERTS"))
		if err != nil {
			return usage(err)
		}
		c.Alerts = append(c.Alerts, engine.AlertOutput{Name: "alerts_nats", AlertSink: sink})
		s.job.sinks = append(s.job.sinks, sink)
		s.watch.outlets = append(s.watch.outlets, func() metrics.Outbox { return published("alerts_nats", sink.Pending()) })
	}
	if c.Rules != nil {
		c.Alerts = append(c.Alerts, engine.AlertOutput{Name: "metrics", AlertSink: s.watch.metrics.Alerts()})
	}
	return nil
}

func (s *serve) outbox(name string) string { return filepath.Join(s.cfg.State, outboxDir, name) }

// outletOptions are those of a sink of the subject to. The server inside the process
// gets a stream for it.
func (s *serve) outletOptions(job, to, stream string) jetstream.Options {
	o := jetstream.Options{Subject: to, Job: job, Log: s.warn}
	if s.bus.Own() {
		o.Create = &jetstream.Create{Stream: stream, MaxAge: ownLimit}
	}
	return o
}

// noLoop refuses to publish where records are read: rows and alerts would come back as
// records.
func (s *serve) noLoop(ctx context.Context) error {
	for _, to := range []struct{ key, subject string }{{"nats.features_to", s.cfg.FeaturesTo}, {"nats.alerts_to", s.cfg.AlertsTo}} {
		if to.subject == "" {
			continue
		}
		for _, f := range s.intakes {
			for _, filter := range s.takes(ctx, f) {
				if covers(filter, to.subject) {
					return usagef("%s: %s is read by %s, and what is published there would come back as records: choose another subject", to.key, to.subject, f.live.Name())
				}
			}
		}
	}
	return nil
}

// takes returns the subjects that a source reads. Those of a whole stream are asked
// for; where nobody answers, the source will tell.
func (s *serve) takes(ctx context.Context, f intake) []string {
	if f.subject != "" || f.stream == nil {
		return []string{f.subject}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	stream, err := s.bus.JS.Stream(ctx, f.name)
	if err != nil {
		return nil
	}
	return stream.CachedInfo().Config.Subjects
}

// covers reports whether a subject with wildcards covers one without.
func covers(filter, subject string) bool {
	want, have := strings.Split(filter, "."), strings.Split(subject, ".")
	for i, w := range want {
		switch {
		case w == ">":
			return i < len(have)
		case i >= len(have) || w != "*" && w != have[i]:
			return false
		}
	}
	return len(want) == len(have)
}
