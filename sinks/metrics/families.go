package metrics

import (
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

const (
	counter = prometheus.CounterValue
	gauge   = prometheus.GaugeValue
)

// families are all metrics that are made of a snapshot.
func families() []family {
	return slices.Concat(jobFamilies(), sourceFamilies(), hygieneFamilies(), resultFamilies(), checkpointFamilies(), outboxFamilies())
}

func jobFamilies() []family {
	return []family{
		{"build_info", "The program that runs; always 1.", gauge, []string{"version", "goversion"},
			func(s *Snapshot, put put) { put(1, s.Version, runtime.Version()) }},
		{"start_timestamp_seconds", "When this process began with the job.", gauge, nil,
			func(s *Snapshot, put put) { putTime(put, s.Started) }},
		{"workers", "Shards that the subscribers are spread over.", gauge, nil,
			one(func(s *Snapshot) int64 { return int64(s.Workers) })},
		{"frontier_timestamp_seconds", "Event time before which every record is folded.", gauge, nil,
			func(s *Snapshot, put put) { putEvent(put, s.Frontier) }},
		{"watermark_timestamp_seconds", "The highest event time of all sources.", gauge, nil,
			func(s *Snapshot, put put) { putEvent(put, s.Watermark) }},
		{"reorder_buffer_records", "Records that wait for the frontier.", gauge, nil,
			one(func(s *Snapshot) int64 { return s.Waiting })},
		{"reorder_buffer_limit_records", "Records that may wait for the frontier (max_buffer): one more stops the job.", gauge, nil,
			one(func(s *Snapshot) int64 { return s.WaitingLimit })},
		{"back_pressure_seconds_total", "Time that the reader had a block and waited for the data path to take it.", counter, nil,
			func(s *Snapshot, put put) { put(s.BackPressure.Seconds()) }},
	}
}

func sourceFamilies() []family {
	source := []string{"source"}
	return []family{
		{"source_info", "The sources and their kinds; always 1.", gauge, []string{"source", "kind"}, perSource(
			func(x *Source, put put) { put(1, x.Name, x.Kind) })},
		{"source_records_read_total", "Records read.", counter, source, perSource(
			func(x *Source, put put) { put(float64(x.Read), x.Name) })},
		{"source_records_total", "Records judged, by what became of them.", counter, []string{"source", "outcome"}, perSource(putOutcomes)},
		{"source_records_buffered", "Records that wait for the frontier: read, and in no outcome yet.", gauge, source, perSource(
			func(x *Source, put put) { put(float64(x.Buffered), x.Name) })},
		{"source_read_bytes_total", "Bytes of records read, decompressed.", counter, source, perSource(
			func(x *Source, put put) { put(float64(x.Bytes), x.Name) })},
		{"source_lag", "Messages, or files, that wait to be read. Absent where unknown.", gauge, source, perSource(
			func(x *Source, put put) { putKnown(put, x.Lag, x.Name) })},
		{"source_headroom_messages", "Messages between the oldest that the stream still holds and the next to be read: how many may expire before one is lost. Absent where none expires.", gauge, source, perSource(
			func(x *Source, put put) { putKnown(put, x.Headroom, x.Name) })},
		{"source_mark_timestamp_seconds", "The highest event time of the source. Absent before its first record.", gauge, source, perSource(
			func(x *Source, put put) { putEvent(put, x.Mark, x.Name) })},
		{"source_idle", "1 while the source is idle and does not hold the frontier back.", gauge, source, perSource(
			func(x *Source, put put) { put(bit(x.Idle), x.Name) })},
		{"source_quarantined_files_total", "Files that could not be read, or not to their end, and were put aside. Absent where there are no files.", counter, source, perSource(
			func(x *Source, put put) { putKnown(put, x.Quarantined, x.Name) })},
		{"source_silent", "1 while the source has had no record for longer than it may (silence).", gauge, source, perSource(
			func(x *Source, put put) { put(bit(x.Silent), x.Name) })},
		{"source_idled_total", "How often the source became idle.", counter, source, perSource(
			func(x *Source, put put) { put(float64(x.Idled), x.Name) })},
	}
}

// hygieneFamilies tell whether what comes is what was sent.
func hygieneFamilies() []family {
	return []family{
		{"notes_total", "Records that are odd in some way and count all the same, by what is odd.", counter, []string{"source", "note"}, perSource(
			func(x *Source, put put) { putCounts(put, x.Name, x.Notes) })},
		{"records_by_type_total", "Records by the types of their format.", counter, []string{"source", "type"}, perSource(
			func(x *Source, put put) { putCounts(put, x.Name, x.Types) })},
		{"warnings_total", "Warnings about files and sources: totals that do not agree with what is claimed, numbers of files that are missing or come twice, silence, oddities.", counter, []string{"source", "code"}, perSource(
			func(x *Source, put put) { putCounts(put, x.Name, x.Warnings) })},
		{"missing_files", "Files that are missing between others, by the sequence numbers of their switches.", gauge, []string{"source"}, perSource(
			func(x *Source, put put) { put(float64(x.MissingFiles), x.Name) })},
	}
}

// putCounts exports counts by name.
func putCounts(put put, source string, counts map[string]int64) {
	for name, n := range counts {
		put(float64(n), source, name)
	}
}

func resultFamilies() []family {
	return []family{
		{"subscribers", "Subscribers in state.", gauge, nil,
			one(func(s *Snapshot) int64 { return s.Subscribers })},
		{"state_bytes", "Memory that the subscribers' state takes.", gauge, nil,
			one(func(s *Snapshot) int64 { return s.StateBytes })},
		{"feature_rows_total", "Feature rows written.", counter, nil,
			one(func(s *Snapshot) int64 { return s.Rows })},
		{"alerts_total", "Alerts that began to fire or rose in severity.", counter, []string{"rule"},
			func(s *Snapshot, put put) {
				for rule, n := range s.Alerts {
					put(float64(n), rule)
				}
			}},
		{"alert_storms_total", "Storms: one alert for a rule that would have fired for too many at once.", counter, nil,
			one(func(s *Snapshot) int64 { return s.Storms })},
	}
}

func checkpointFamilies() []family {
	return []family{
		{"checkpoint_epoch", "Number of the last checkpoint.", gauge, nil,
			one(func(s *Snapshot) int64 { return int64(s.Checkpoint.Epoch) })},
		{"checkpoint_timestamp_seconds", "When the last checkpoint was committed. Absent before the first.", gauge, nil,
			func(s *Snapshot, put put) { putTime(put, s.Checkpoint.Committed) }},
		{"checkpoint_last_duration_seconds", "How long the last checkpoint took. Absent before this process's first.", gauge, nil,
			func(s *Snapshot, put put) {
				if s.Checkpoint.Took > 0 {
					put(s.Checkpoint.Took.Seconds())
				}
			}},
		{"checkpoint_last_size_bytes", "The files on disk that the last checkpoint needs. Absent before this process's first.", gauge, nil,
			func(s *Snapshot, put put) {
				if s.Checkpoint.Bytes > 0 {
					put(float64(s.Checkpoint.Bytes))
				}
			}},
		{"checkpoint_failures_total", "Checkpoints that failed.", counter, nil,
			one(func(s *Snapshot) int64 { return s.Checkpoint.Failures })},
	}
}

func outboxFamilies() []family {
	sink := []string{"sink"}
	return []family{
		{"outbox_pending_bytes", "What is committed and not yet sent.", gauge, sink, perOutbox(
			func(x *Outbox, put put) { put(float64(x.Bytes), x.Sink) })},
		{"outbox_pending_segments", "Files of what is committed and not yet sent.", gauge, sink, perOutbox(
			func(x *Outbox, put put) { put(float64(x.Segments), x.Sink) })},
		{"outbox_oldest_timestamp_seconds", "When the oldest of it was committed. Absent while nothing waits.", gauge, sink, perOutbox(
			func(x *Outbox, put put) { putTime(put, x.Oldest, x.Sink) })},
		{"outbox_sent_total", "Rows or alerts that were sent and acknowledged.", counter, sink, perOutbox(
			func(x *Outbox, put put) { put(float64(x.Sent), x.Sink) })},
		{"outbox_dead_letters_total", "Rows or alerts that were refused for good, or had no room, and were put aside.", counter, sink, perOutbox(
			func(x *Outbox, put put) { put(float64(x.Dead), x.Sink) })},
		{"outbox_retries_total", "Requests that failed and are repeated.", counter, sink, perOutbox(
			func(x *Outbox, put put) { put(float64(x.Retries), x.Sink) })},
	}
}

func one(of func(*Snapshot) int64) func(*Snapshot, put) {
	return func(s *Snapshot, put put) { put(float64(of(s))) }
}

func perSource(each func(*Source, put)) func(*Snapshot, put) {
	return func(s *Snapshot, put put) {
		for i := range s.Sources {
			each(&s.Sources[i], put)
		}
	}
}

func perOutbox(each func(*Outbox, put)) func(*Snapshot, put) {
	return func(s *Snapshot, put put) {
		for i := range s.Outboxes {
			each(&s.Outboxes[i], put)
		}
	}
}

func putOutcomes(x *Source, put put) {
	put(float64(x.Accepted), x.Name, "accepted")
	put(float64(x.Duplicate), x.Name, "duplicate")
	put(float64(x.Late), x.Name, "late")
	put(float64(x.Rejected), x.Name, "rejected")
	put(float64(x.Filtered), x.Name, "filtered")
}

func putKnown(put put, n int64, labels ...string) {
	if n >= 0 {
		put(float64(n), labels...)
	}
}

func putEvent(put put, t cdr.Millis, labels ...string) {
	if t != Unknown && t != Endless {
		put(float64(t)/1000, labels...)
	}
}

func putTime(put put, t time.Time, labels ...string) {
	if !t.IsZero() {
		put(float64(t.UnixMilli())/1000, labels...)
	}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
