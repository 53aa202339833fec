package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are those of one job, in a registry of their own. All methods may be
// called by several goroutines.
type Metrics struct {
	registry   *prometheus.Registry
	checkpoint prometheus.Histogram
	publish    prometheus.Histogram
	lookup     prometheus.Histogram
	latency    prometheus.Histogram
	unobserved prometheus.Counter
}

// New returns metrics of the job that read tells of. read is called at each scrape,
// perhaps by several goroutines at once, and must not block.
func New(read func() Snapshot) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		checkpoint: histogram("checkpoint_duration_seconds", "From the barrier of a checkpoint until its manifest is durable.",
			.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120),
		publish: histogram("publish_duration_seconds", "How long it took to make the rows and alerts of a checkpoint visible.",
			.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30),
		lookup: histogram("lookup_duration_seconds", "How long a look-up of a subscriber took, waiting included.",
			.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1),
		latency: histogram("alert_latency_seconds", "From the event time of an alert until it was published.",
			.1, .25, .5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 900, 3600),
		unobserved: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "alert_latency_unobserved_total",
			Help: "Alerts that are not in cdrstream_alert_latency_seconds: too many came between two checkpoints.",
		}),
	}
	m.registry.MustRegister(
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector(),
		m.checkpoint, m.publish, m.lookup, m.latency, m.unobserved, newCollector(read),
	)
	return m
}

// Registry is what /metrics gathers from.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// ObserveCheckpoint takes how long a checkpoint took, from its barrier until its
// manifest was durable.
func (m *Metrics) ObserveCheckpoint(d time.Duration) { m.checkpoint.Observe(d.Seconds()) }

// ObservePublish takes how long the sinks took to commit an epoch.
func (m *Metrics) ObservePublish(d time.Duration) { m.publish.Observe(d.Seconds()) }

// ObserveLookup takes how long a look-up of a subscriber took.
func (m *Metrics) ObserveLookup(d time.Duration) { m.lookup.Observe(d.Seconds()) }

const namespace = "cdrstream"

// histogram has buckets for every Prometheus, and native ones that grow by at most a
// tenth, of which it keeps a bounded number.
func histogram(name, help string, buckets ...float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: namespace, Name: name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  160,
		NativeHistogramMinResetDuration: time.Hour,
		NativeHistogramMaxExemplars:     -1,
	})
}
