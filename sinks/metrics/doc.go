// Package metrics shows a job to Prometheus.
//
// The engine counts for itself: nothing in the data path knows of this package. At
// each scrape a function fills a [Snapshot], a struct of plain values, and what is
// exported is made of that, so that all of a scrape is of one moment and costs
// nothing while nobody looks. Only durations are observed as they happen, in
// histograms: classic buckets for everybody, native ones for a Prometheus that
// takes them.
//
// Names are those of Prometheus's conventions: the prefix cdrstream_, base units
// (_seconds, _bytes), _total on counters, times as _timestamp_seconds. Event times are
// times of records: a frontier of yesterday is one that is a day behind. The
// labels are source, kind, outcome, note, type, code, rule, sink and version, whose values come from the
// configuration: their number does not grow with traffic. No label and no value
// tells anything of a subscriber.
//
// # The counts over restarts
//
// What the ledger counts comes back from the checkpoint with the job. After a crash a
// counter may therefore begin a little below its last scraped value: what had been
// read since the checkpoint is read, and counted, again. rate() takes that for a
// reset, and is wrong for the one interval.
//
// Beside this file lie a dashboard for Grafana, dashboard.json, and rules for
// Prometheus's alerts, alerts.yml. A test proves that every metric that they name exists.
package metrics
