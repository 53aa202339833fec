package jsonl

import (
	"context"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
)

// Alerts stand beside the features, and others read them: as those, not as raw
// records.
const (
	alertFileMode = 0o640
	alertDirMode  = 0o750
)

// Alerts writes alerts to a file of their own, one a line. WriteAlerts may be called
// while another goroutine is in Prepare or Commit of an earlier epoch. The first
// error ends it: every later call returns it.
type Alerts struct {
	growing
	epoch uint64 // of the lines that are not cut off
	line  []byte
}

// NewAlerts returns a writer of OUT/alerts.jsonl for the job whose output directory
// is dir. Nothing is read or written before the first call. A file that is there
// already is continued.
func NewAlerts(dir string, o Options) (*Alerts, error) {
	if o.Disk == nil {
		o.Disk = disk.New(alertFileMode, alertDirMode)
	}
	p := place{what: "alerts", final: "alerts.jsonl", staging: "alerts.jsonl"}
	return &Alerts{growing: newGrowing(dir, p, o.Disk)}, nil
}

// WriteAlerts adds alerts of an epoch, which follow those that it was given before.
// Epochs do not go down. The alerts are not kept.
func (w *Alerts) WriteAlerts(ctx context.Context, epoch uint64, alerts []alert.Alert) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil || len(alerts) == 0 {
		return err
	}
	if err := w.turnTo(epoch); err != nil {
		return err
	}
	for i := range alerts {
		w.line = append(alert.AppendJSON(w.line[:0], &alerts[i]), '\n')
		if err := w.add(w.line); err != nil {
			return err
		}
	}
	return nil
}

// turnTo cuts off what belongs to earlier epochs than epoch, which is to get lines.
func (w *Alerts) turnTo(epoch uint64) error {
	switch {
	case epoch <= w.prepared:
		return w.failed("stage", fmt.Errorf("epoch %d was to get alerts after epoch %d was prepared", epoch, w.prepared))
	case epoch < w.epoch:
		return w.failed("stage", fmt.Errorf("alerts of epoch %d came after those of epoch %d", epoch, w.epoch))
	case epoch > w.epoch:
		if err := w.cutOff(w.epoch); err != nil {
			return err
		}
	}
	w.epoch = epoch
	return nil
}

// Prepare makes the alerts of the epochs up to epoch durable, and returns their
// files, in the order of the final file, with those that an earlier Prepare returned
// and no Commit has published yet. They stay invisible; a crash after Prepare loses
// none of them. All alerts of these epochs must have been written; those of later
// ones may be written meanwhile.
func (w *Alerts) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := w.cutUntil(epoch); err != nil {
		return nil, err
	}
	return w.growing.Prepare(ctx, epoch)
}

// cutUntil cuts off what was written last, if it is of an epoch up to epoch.
func (w *Alerts) cutUntil(epoch uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.epoch > epoch {
		return w.err
	}
	return w.cutOff(w.epoch)
}
