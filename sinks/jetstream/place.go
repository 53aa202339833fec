package jetstream

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"time"
)

// Directories of a sink, below its own.
const (
	stagedDir = "staged"
	outboxDir = "outbox"
)

// place is a number of messages of one file; a sequence of places goes up.
type place struct {
	Run      uint64 `json:"run"`
	Epoch    uint64 `json:"epoch"`
	Chunk    int    `json:"chunk"`    // which file of the epoch, from 0
	Messages int    `json:"messages"` // so many of it, and all before
}

func (p place) compare(q place) int {
	return cmp.Or(p.file(q), cmp.Compare(p.Messages, q.Messages))
}

// file compares only the files.
func (p place) file(q place) int {
	return cmp.Or(cmp.Compare(p.Run, q.Run), cmp.Compare(p.Epoch, q.Epoch), cmp.Compare(p.Chunk, q.Chunk))
}

func (p place) String() string {
	return fmt.Sprintf("epoch %d, chunk %d, message %d (run %d)", p.Epoch, p.Chunk, p.Messages, p.Run)
}

// segment is a file of messages: its end, and what its name tells besides.
type segment struct {
	place        // with all its messages
	rows   int   // in the messages
	staged int64 // when, in Unix seconds
	size   int64 // bytes, if it is in the outbox
}

func (s segment) name() string {
	return fmt.Sprintf("%06d-%020d-%06d.%d.%d.%d.out", s.Run, s.Epoch, s.Chunk, s.Messages, s.rows, s.staged)
}

func (s segment) since() time.Time { return time.Unix(s.staged, 0) }

var nameForm = regexp.MustCompile(`^(\d{6,})-(\d{20})-(\d{6,})\.(\d+)\.(\d+)\.(\d+)\.out$`)

// parseName is the opposite of name.
func parseName(name string) (s segment, ok bool) {
	m := nameForm.FindStringSubmatch(name)
	if m == nil {
		return segment{}, false
	}
	var n [7]uint64
	for i := 1; i < len(n); i++ {
		v, err := strconv.ParseUint(m[i], 10, 63)
		if err != nil {
			return segment{}, false
		}
		n[i] = v
	}
	s = segment{place: place{n[1], n[2], int(n[3]), int(n[4])}, rows: int(n[5]), staged: int64(n[6])}
	return s, true
}

// placeOf returns the epoch and the final name of the file that is staged at name.
func placeOf(name string) (epoch uint64, final string, err error) {
	s, ok := parseName(path.Base(name))
	if !ok || path.Dir(name) != stagedDir {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	return s.Epoch, path.Join(outboxDir, path.Base(name)), nil
}
