package engine

import (
	"context"
	"sync"
)

// group runs the stages of the data path. The first error stops them all.
type group struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
}

func newGroup(ctx context.Context) (*group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &group{ctx: ctx, cancel: cancel}, ctx
}

func (g *group) start(stage func() error) {
	g.wg.Go(func() {
		if err := stage(); err != nil {
			g.cancel(err)
		}
	})
}

// wait returns the first error of any stage, or why the job was stopped.
func (g *group) wait() error {
	g.wg.Wait()
	err := context.Cause(g.ctx)
	g.cancel(nil)
	return err
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func receive[T any](ctx context.Context, from <-chan T) (v T, err error) {
	select {
	case v = <-from:
		return v, nil
	case <-ctx.Done():
		return v, ctx.Err()
	}
}

func closeAll[T any](channels []chan T) {
	for _, c := range channels {
		close(c)
	}
}
