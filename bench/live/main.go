package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(live(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options say what is run, and how.
type options struct {
	program     string
	rate        int // records a second
	seconds     int
	subscribers int
	every       time.Duration // between checkpoints
}

// live returns the exit code: 0 everything came, 1 not, 2 bad usage.
func live(ctx context.Context, args []string, out, errs io.Writer) int {
	var o options
	fs := flag.NewFlagSet("live", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&o.program, "program", "bin/cdrstream", "`path` of cdrstream")
	fs.IntVar(&o.rate, "rate", 50_000, "records a second")
	fs.IntVar(&o.seconds, "seconds", 60, "how long")
	fs.IntVar(&o.subscribers, "subscribers", 100_000, "who call each other")
	fs.DurationVar(&o.every, "checkpoint-every", 2*time.Second, "of serve")
	if err := fs.Parse(args); err != nil || fs.NArg() > 0 || o.rate < 1000 || o.seconds < 1 || o.subscribers < 2 {
		return 2
	}
	r, err := run(ctx, o, errs)
	if err != nil {
		fmt.Fprintln(errs, "live:", err)
		return 1
	}
	r.print(out)
	if r.missing() {
		return 1
	}
	return 0
}
