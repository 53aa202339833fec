package main

import (
	"path/filepath"
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
func (s *serve) openOutlets(job string) error {
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
