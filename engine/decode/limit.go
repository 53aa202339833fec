package decode

import (
	"sync/atomic"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Limit is an event time after which records are rejected, so that one clock that is
// wrong does not make everybody else late. It may move while blocks are decoded.
// A nil Limit is none.
type Limit struct{ t atomic.Int64 }

// NewLimit returns a limit at t.
func NewLimit(t cdr.Millis) *Limit {
	l := new(Limit)
	l.Set(t)
	return l
}

// Set moves the limit to t. Any goroutine may call it.
func (l *Limit) Set(t cdr.Millis) { l.t.Store(int64(t)) }

// Before reports whether t lies behind the limit.
func (l *Limit) Before(t cdr.Millis) bool { return l != nil && int64(t) > l.t.Load() }
