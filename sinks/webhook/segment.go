package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
)

// Directories of a sink, below its own.
const (
	stagedDir = "staged"
	outboxDir = "outbox"
	deadDir   = "dead"
)

// partBytes is how long a file of alerts becomes, but for its last one. It bounds
// what is kept in memory.
const partBytes = 1 << 20

// part is what will be the next file of an epoch.
type part struct {
	epoch uint64
	n     int // files of the epoch before
	lines []byte
}

// add takes an alert into the next file.
func (s *Sink) add(epoch uint64, a *alert.Alert) error {
	p := &s.part
	if epoch < p.epoch {
		return fmt.Errorf("those of epoch %d came after those of epoch %d", epoch, p.epoch)
	}
	if epoch > p.epoch {
		if err := s.flush(); err != nil {
			return err
		}
		p.epoch, p.n = epoch, 0
	}
	p.lines = append(alert.AppendJSON(p.lines, a), '\n')
	if len(p.lines) >= partBytes {
		return s.flush()
	}
	return nil
}

// flush stages what was added, if anything was.
func (s *Sink) flush() error {
	p := &s.part
	if len(p.lines) == 0 {
		return nil
	}
	name := nameOf(p.epoch, p.n, p.lines)
	f, err := s.stage.Create(p.epoch, name)
	if err != nil {
		return err
	}
	sum := disk.SumWriter{W: f}
	if _, err := sum.Write(p.lines); err != nil {
		_ = f.Close()
		return err
	}
	p.lines = p.lines[:0]
	p.n++
	return s.stage.Complete(f, name, p.epoch, &sum)
}

// nameOf is the name of a file of alerts. It ends with a hash of them: the outbox may
// hold those of an earlier job that had the same epochs.
func nameOf(epoch uint64, n int, lines []byte) string {
	sum := sha256.Sum256(lines)
	return fmt.Sprintf("%020d-%06d-%s.jsonl", epoch, n, hex.EncodeToString(sum[:8]))
}

var nameForm = regexp.MustCompile(`^(\d{20})-\d{6,}-[0-9a-f]{16}\.jsonl$`)

// placeOf returns the epoch and the final name of the file that is staged at name.
func placeOf(name string) (epoch uint64, final string, err error) {
	base := path.Base(name)
	m := nameForm.FindStringSubmatch(base)
	if m == nil || path.Dir(name) != stagedDir {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	epoch, err = strconv.ParseUint(m[1], 10, 64)
	return epoch, path.Join(outboxDir, base), err
}
