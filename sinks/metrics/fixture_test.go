package metrics

import (
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// began is when everything in the tests begins.
var began = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func millis(t time.Time) cdr.Millis { return cdr.Millis(t.UnixMilli()) }

// full is a snapshot in which every metric has a value.
func full() Snapshot {
	return Snapshot{
		Version: "v1.2.3", Started: began, Workers: 2,
		Sources: []Source{
			{
				Name: "CDR.eu", Kind: "jetstream", Read: 1000, Accepted: 900, Duplicate: 10, Late: 20, Rejected: 30, Filtered: 35, Buffered: 5,
				Bytes: 120_000, Lag: 64, Headroom: 100_000, Mark: millis(began) + 1500, Idled: 1, Quarantined: -1,
				Notes: map[string]int64{"unknown_tags": 3, "zero_second_answers": 0}, Warnings: map[string]int64{"unknown_tags": 1, "silence": 0},
			},
			{
				Name: "/var/spool/cdr", Kind: "spool", Read: 7, Accepted: 7, Bytes: 700, Lag: 3, Headroom: -1, Quarantined: 2,
				Types: map[string]int64{"moCall": 5, "mtCall": 2}, MissingFiles: 4, Silent: true,
				Mark: millis(began) - 60_000, Idle: true, Idled: 4,
			},
			{Name: "cdr.live", Kind: "nats", Lag: -1, Headroom: -1, Mark: Unknown, Quarantined: -1},
		},
		Frontier: millis(began) - 10_000, Watermark: millis(began) + 1500,
		Waiting: 5, WaitingLimit: 1 << 20, Subscribers: 123_456, StateBytes: 200 << 20, Rows: 777,
		Alerts: map[string]int64{"wangiri": 3, "simbox": 0}, Storms: 1,
		Checkpoint:   Checkpoint{Epoch: 42, Committed: began.Add(-5 * time.Second), Took: 125 * time.Millisecond, Bytes: 1 << 20, Failures: 2},
		BackPressure: 12500 * time.Millisecond,
		Outboxes: []Outbox{
			{Sink: "webhook", Bytes: 4096, Segments: 2, Oldest: began.Add(-time.Minute), Sent: 11, Dead: 2, Retries: 3},
			{Sink: "jetstream"},
		},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
