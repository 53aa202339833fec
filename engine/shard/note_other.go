//go:build !amd64

package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

func (j *journals) noteFast(l *window.Legs, classes []int32, start cdr.Millis) (ok bool) {
	return j.noteNarrow(l, classes, start)
}
