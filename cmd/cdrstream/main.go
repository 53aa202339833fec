package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // zones work on machines without a zone database
)

// Exit codes.
const (
	exitRun    = 1 // failed while running
	exitUsage  = 2 // bad usage or configuration: nothing was read or written
	exitLimits = 3 // finished, but more was rejected or late than allowed
	exitSignal = 4 // stopped by a signal
)

// exitError is an error that decides the exit code. Any other error is exitRun.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usage marks err as bad usage or configuration. It keeps nil.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUsage, err}
}

// usagef is an error of usage.
func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// streams are what a command reads and writes besides files.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// A second signal ends the program at once. What comes so soon after the first is the
// same one, sent to the process and then to its group.
const sameSignal = 300 * time.Millisecond

// run executes one command line and returns the exit code.
func run(args []string, s streams) int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	context.AfterFunc(ctx, func() { time.AfterFunc(sameSignal, stop) })
	root := newRootCommand(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintf(s.err, "cdrstream: %s\n", oneLine(err.Error()))
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitRun
}
