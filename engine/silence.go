package engine

import (
	"fmt"
	"time"

	"github.com/cdrstream/cdrstream/engine/hygiene"
)

// silentAt is when, since the start, the input has been silent for too long if nothing
// comes.
func (e *Engine) silentAt(in *input) (at time.Duration, ok bool) {
	if e.config.Silence <= 0 || in.ended || in.live.silent.Load() || in.live.flying.Load() > 0 {
		return 0, false
	}
	return time.Duration(in.live.heard.Load()) + e.config.Silence, true
}

// hush warns of inputs that have been silent for too long by now. It changes nothing else.
func (e *Engine) hush(now time.Duration) {
	for i, in := range e.inputs {
		at, ok := e.silentAt(in)
		if !ok || now < at {
			continue
		}
		in.live.silent.Store(true)
		w := hygiene.Warning{Source: in.Name, Code: hygiene.Silence, Text: fmt.Sprintf("no record has come for %s", e.config.Silence)}
		e.accounts.mu.Lock()
		e.accounts.all[i].book.Note(w)
		e.accounts.mu.Unlock()
		e.watch.warning(w)
	}
}
