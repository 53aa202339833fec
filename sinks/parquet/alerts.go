package parquet

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"sync"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
)

// defaultAlertRows bounds what an Alerts keeps in memory, and what is left to be written when a job
// ends, which everybody waits for: a megabyte, some milliseconds.
const defaultAlertRows = 1024

// Where alert files stand, staged and in the end.
const (
	alertStaging = ".staging/alerts"
	alertFinal   = "alerts"
)

var alertForm = regexp.MustCompile(`^\d{8,20}\.parquet$`)

// alertName is the name of the alert file of an epoch, staged and final.
func alertName(epoch uint64) string { return fmt.Sprintf("%08d.parquet", epoch) }

func placeAlerts(name string) (epoch uint64, final string, err error) {
	base := path.Base(name)
	if !alertForm.MatchString(base) || path.Dir(name) != alertStaging {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	epoch, err = strconv.ParseUint(base[:len(base)-len(".parquet")], 10, 64)
	return epoch, path.Join(alertFinal, base), err
}

// Alerts writes alerts to Parquet files, one for each epoch that has any.
// WriteAlerts may be called while another goroutine is in Prepare or Commit of an
// earlier epoch. The first error ends a sink: every later call returns it.
type Alerts struct {
	published
	opt Options

	writing sync.Mutex          // guards file
	file    *table[alert.Alert] // of the newest epoch; nil: no alert since the last one was complete
}

// NewAlerts returns a sink for the job whose output directory is dir. Nothing is
// read or written before the first call.
func NewAlerts(dir string, o Options) (*Alerts, error) {
	if o.RowGroupRows <= 0 {
		o.RowGroupRows = defaultAlertRows
	}
	p := publish(dir, &o, stage.Config{Staging: alertStaging, Final: alertFinal, Place: placeAlerts})
	return &Alerts{published: p, opt: o}, nil
}

// WriteAlerts writes alerts of an epoch, which follow those that it was given
// before. Epochs do not go down. Nothing of them is kept once it returns but the
// values of a row group that is not full.
func (s *Alerts) WriteAlerts(ctx context.Context, epoch uint64, alerts []alert.Alert) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.stage.Start(); err != nil {
		return err
	}
	if len(alerts) == 0 {
		return nil
	}
	if err := s.write(epoch, alerts); err != nil {
		return s.stage.Fail(fmt.Errorf("parquet sink: write alerts of epoch %d in %s: %w; nothing of it was published: %s", epoch, s.stage.Path(alertStaging), err, disk.Remedy(err)))
	}
	return nil
}

func (s *Alerts) write(epoch uint64, alerts []alert.Alert) error {
	if s.file != nil && s.file.epoch > epoch {
		return fmt.Errorf("they came after those of epoch %d", s.file.epoch)
	}
	if err := s.completeUntil(epoch - 1); err != nil {
		return err
	}
	if s.file == nil {
		if err := s.open(epoch); err != nil {
			return err
		}
	}
	return s.file.add(alerts)
}

// open starts the file of an epoch.
func (s *Alerts) open(epoch uint64) error {
	file, err := s.stage.Create(epoch, alertName(epoch))
	if err != nil {
		return err
	}
	s.file = newTable(file, epoch, alertColumns, s.opt)
	return nil
}

// completeUntil ends the file that is being written, if it is of an epoch up to
// epoch.
func (s *Alerts) completeUntil(epoch uint64) error {
	f := s.file
	if f == nil || f.epoch > epoch {
		return nil
	}
	if err := f.finish(); err != nil {
		return err
	}
	s.file = nil
	return s.stage.Complete(f.file, alertName(f.epoch), f.epoch, &f.sum)
}

// Prepare makes the alerts of the epochs up to epoch durable and returns their
// files, in the order of their paths, with those that an earlier Prepare returned
// and no Commit has published yet. They stay invisible; a crash after Prepare loses
// none of them. All alerts of these epochs must have been written; those of later
// ones may be written meanwhile.
func (s *Alerts) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.complete(epoch); err != nil {
		return nil, err
	}
	return s.stage.Prepare(ctx, epoch)
}

func (s *Alerts) complete(epoch uint64) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.stage.Err(); err != nil {
		return err
	}
	if err := s.completeUntil(epoch); err != nil {
		return s.stage.Fail(fmt.Errorf("parquet sink: write alerts of epoch %d in %s: %w; nothing of it was published: %s", epoch, s.stage.Path(alertStaging), err, disk.Remedy(err)))
	}
	return nil
}

// Close removes the files that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Recover after the restart.
// Nobody may be writing.
func (s *Alerts) Close() error {
	return s.stage.Close(func() error {
		if s.file == nil {
			return nil
		}
		return s.file.file.Close()
	})
}
