package main

import (
	"context"
	"io"
	"os"
)

// interruptible reads r until ctx ends: a signal stops a job that waits for
// more of a pipe.
type interruptible struct {
	ctx   context.Context
	r     io.Reader
	buf   []byte
	reads chan read
	busy  bool
}

type read struct {
	n   int
	err error
}

// Read reads into a buffer of its own, since a read that was given up may end
// later.
func (i *interruptible) Read(p []byte) (int, error) {
	if i.reads == nil {
		i.reads, i.buf = make(chan read, 1), make([]byte, 64<<10)
	}
	if err := i.ctx.Err(); err != nil || i.busy {
		return 0, context.Cause(i.ctx)
	}
	buf := i.buf[:min(len(i.buf), len(p))]
	i.busy = true
	go func() {
		n, err := i.r.Read(buf)
		i.reads <- read{n, err}
	}()
	select {
	case <-i.ctx.Done():
		return 0, context.Cause(i.ctx)
	case r := <-i.reads:
		i.busy = false
		return copy(p, buf[:r.n]), r.err
	}
}

// pipe is a named pipe. It is opened by the first Read: that waits for whoever
// writes into it.
type pipe struct {
	path string
	file *os.File
}

func (p *pipe) Read(b []byte) (n int, err error) {
	if p.file == nil {
		if p.file, err = os.Open(p.path); err != nil {
			return 0, err
		}
	}
	n, err = p.file.Read(b)
	if err != nil {
		p.file.Close()
	}
	return n, err
}
