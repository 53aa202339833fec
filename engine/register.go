package engine

import (
	"context"

	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/source"
)

// Register takes files that have come to their end.
type Register interface {
	// WriteFiles takes the files of an epoch, which it may keep. whole says that they are
	// all files of a job that is over; else they are those of the epoch. Calls are one at
	// a time, and not while another goroutine is in Prepare or Commit.
	WriteFiles(ctx context.Context, epoch uint64, files []hygiene.File, whole bool) error
	Publisher
}

// end notes which files of the live inputs have ended before b.
func (e *Engine) end(b *barrier) {
	b.ended = make([][]source.Part, len(e.inputs))
	for i, in := range e.inputs {
		if p, ok := in.Live.(source.Parted); ok {
			b.ended[i] = p.Ended()
		}
	}
}

// list closes the accounts of the files that have ended with b, for the register.
func (e *Engine) list(b *barrier) {
	if e.live() {
		for i, ended := range b.ended {
			b.files = append(b.files, e.accounts.end(e, i, ended)...)
		}
		for i := range b.files {
			for _, w := range b.files[i].Warnings {
				e.watch.warning(w)
			}
		}
		return
	}
	if b.over {
		b.files = e.ends(b)
	}
}

// ends are all files of a replay that is over, or those that are not in the register as
// they stand where others are to come. It is for the order.
func (e *Engine) ends(b *barrier) (files []hygiene.File) {
	all := e.accounts.closed(b.ledgers)
	_, warnings := hygiene.OfFiles(all, e.config.Silence)
	for i, a := range all {
		own := e.accounts.all[i]
		if a.Listed && !b.final || !b.done[i] {
			continue
		}
		own.Listed = true
		files = append(files, hygiene.File{Account: a, Status: hygiene.Read, Warnings: warnings[i], Settled: b.final, Size: -1, Evidence: b.at[i].Evidence})
	}
	return files
}

// register hands the files to whoever keeps the register.
func (e *Engine) register(ctx context.Context, b *barrier) error {
	r := e.config.Register
	if r == nil || len(b.files) == 0 {
		return nil
	}
	return r.WriteFiles(ctx, b.epoch, b.files, b.final)
}
