package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/disk"
)

// stateDisk is where state directories are: they hold who called whom, so nobody
// else may read them.
func stateDisk() disk.FS { return disk.New(0o600, 0o700) }

func newCheckpointCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "checkpoint", Short: "What a state directory holds, and whether it is whole"}
	group(c)
	c.AddCommand(newCheckpointInspectCommand(s), newCheckpointVerifyCommand(s))
	return c
}

// checkpointsOf is where the checkpoints of a state directory are: it is one itself, or
// that of a live job, which holds them in a directory of their own.
func checkpointsOf(dir string) string {
	own := filepath.Join(dir, checkpointDir)
	if info, err := os.Stat(own); err == nil && info.IsDir() {
		return own
	}
	return dir
}

const checkpointInspectHelp = `Show what the checkpoint in a state directory says of its job: how far every
source was read, what became of the records, how far event time has come, how much
state there is. No subscriber is named.

Nothing is changed, and a job may use the directory meanwhile. The files of the
checkpoint are not read: checkpoint verify does that.`

func newCheckpointInspectCommand(s streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Show how far the job of a state directory has come",
		Long:  checkpointInspectHelp,
		Example: `  cdrstream checkpoint inspect state
  cdrstream checkpoint inspect --json state | jq .ledger`,
		Args: arguments(cobra.ExactArgs(1), "one DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := checkpoint.Read(stateDisk(), checkpointsOf(args[0]))
			if err != nil {
				return noState(err)
			}
			out := bufio.NewWriter(s.out)
			if asJSON {
				return flush(out, printManifest(out, m))
			}
			return flush(out, showManifest(out, args[0], m, time.Now()))
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print everything that is known as JSON")
	return c
}

const checkpointVerifyHelp = `Read every byte of the checkpoint in a state directory and compare every checksum,
with those of the files in the output directory that wait to be published. A
damaged file is named, with the place and what is wrong.

Nothing is changed, and a job may use the directory meanwhile. Exit status: 0 all is
whole, 1 something is damaged, 2 this is no state directory.`

func newCheckpointVerifyCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "verify DIR",
		Short:   "Read a whole state directory and compare every checksum",
		Long:    checkpointVerifyHelp,
		Example: `  cdrstream checkpoint verify state && cp -r state backup`,
		Args:    arguments(cobra.ExactArgs(1), "one DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := checkpoint.Verify(c.Context(), stateDisk(), checkpointsOf(args[0]))
			if err != nil {
				return stoppedReading(c, noState(err))
			}
			out := bufio.NewWriter(s.out)
			return flush(out, showReport(out, args[0], &r))
		},
	}
}

// noState makes a directory that is none of ours, or of a newer program, one of
// usage.
func noState(err error) error {
	var newer *checkpoint.VersionError
	if errors.Is(err, checkpoint.ErrNoState) || errors.As(err, &newer) {
		return usage(err)
	}
	return err
}

// stoppedReading tells a command that a signal ended from one that failed.
func stoppedReading(c *cobra.Command, err error) error {
	if c.Context().Err() == nil {
		return err
	}
	return &exitError{exitSignal, errors.New("stopped by a signal, not everything was read")}
}

// showReport tells what verify found. Damage is an error.
func showReport(w io.Writer, dir string, r *checkpoint.Report) error {
	for _, d := range r.Damaged {
		fmt.Fprintf(w, "%s: byte %d: %s\n", d.File, d.Offset, d.What)
	}
	if n := len(r.Damaged); n > 0 {
		return fmt.Errorf("%s is damaged (%s, named above): restore the directory from a copy, or start over without it", dir, plural(n, "file"))
	}
	fmt.Fprintf(w, "epoch %d: %s", r.Manifest.Epoch, plural(r.Files, "file"))
	if r.Staged > 0 {
		fmt.Fprintf(w, ", %s waiting in %s", plural(r.Staged, "file"), r.Manifest.Out)
	}
	_, err := fmt.Fprintf(w, ", %d bytes: ok\n", r.Bytes)
	return err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func printManifest(w io.Writer, m *checkpoint.Manifest) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(m)
}

// showManifest tells what m says, for people.
func showManifest(w io.Writer, dir string, m *checkpoint.Manifest, now time.Time) error {
	if m.Epoch == 0 {
		_, err := fmt.Fprintf(w, "%s: no checkpoint yet\n", dir)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, a ...any) { fmt.Fprintf(t, name+"\t"+format+"\n", a...) }
	line("directory", "%s", dir)
	line("epoch", "%d, all subscribers in epoch %d", m.Epoch, m.Base)
	line("state", "%s", jobState(m.State))
	line("written", "%s by cdrstream %s, %s", m.Written.UTC().Format(time.RFC3339), m.Engine, age(now.Sub(m.Written)))
	line("run time", "%s", seconds(m.ElapsedSeconds))
	line("frontier", "%s", eventTime(m.Frontier))
	line("first event", "%s", eventTime(m.Clock.First))
	line("ledger", "%s", ledgerText(m.Ledger))
	line("subscribers", "%d", m.Subscribers)
	line("feature rows", "%d", m.Rows)
	if m.Out != "" {
		line("output", "%s", m.Out)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if err := showSources(w, m); err != nil {
		return err
	}
	return showFiles(w, m)
}

func jobState(s checkpoint.State) string {
	switch s {
	case checkpoint.StateRunning:
		return "running: unfinished, the same command goes on"
	case checkpoint.StateOpen:
		return "open: all was read, the open period waits for more"
	case checkpoint.StateFinished:
		return "finished"
	}
	return string(s)
}

// age tells how long ago, coarsely.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "in the future of this clock"
	case d < time.Minute:
		return plural(int(d/time.Second), "second") + " ago"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	}
	return plural(int(d/(24*time.Hour)), "day") + " ago"
}

func seconds(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond).String()
}

// eventTime is an instant, or what stands for none.
func eventTime(t cdr.Millis) string {
	switch t {
	case math.MinInt64, 0:
		return "not known yet"
	case math.MaxInt64:
		return "past the last record"
	}
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
}

func ledgerText(l checkpoint.Ledger) string {
	return fmt.Sprintf("%d read = %d accepted + %d duplicate + %d late + %d rejected + %d filtered + %d buffered",
		l.Read, l.Accepted, l.Duplicate, l.Late, l.Rejected, l.Filtered, l.Buffered)
}

func showSources(w io.Writer, m *checkpoint.Manifest) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nSOURCE\tREAD TO\tLINE\tDONE\tREAD\tACCEPTED\tDUPLICATE\tLATE\tREJECTED\tFILTERED\tBUFFERED")
	for _, s := range m.Sources {
		p, l, done := s.Bookmark.Position, s.Ledger, "no"
		if s.Done {
			done = "yes"
		}
		fmt.Fprintf(t, "%s\tbyte %d\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", s.Name, p.Offset, p.Line+1, done,
			l.Read, l.Accepted, l.Duplicate, l.Late, l.Rejected, l.Filtered, l.Buffered)
	}
	return t.Flush()
}

func showFiles(w io.Writer, m *checkpoint.Manifest) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nFILE\tBYTES\tHOLDS")
	for _, f := range m.Files {
		fmt.Fprintf(t, "%s\t%d\t%s\n", f.Name, f.Size, holds(f))
	}
	fmt.Fprintf(t, "%s\t%d\n", plural(len(m.Files), "file"), m.Bytes())
	for _, sink := range slices.Sorted(maps.Keys(m.Staged)) {
		bytes := int64(0)
		for _, s := range m.Staged[sink] {
			bytes += s.Size
		}
		fmt.Fprintf(t, "%s for %s\t%d\tpublished with this epoch\n", plural(len(m.Staged[sink]), "file"), sink, bytes)
	}
	return t.Flush()
}

// holds says what is in a file.
func holds(f checkpoint.FileInfo) string {
	switch {
	case f.Kind == checkpoint.OrderFile:
		return "records that wait for their turn"
	case f.Kind == checkpoint.DaysFile:
		return "closed days to " + time.Unix(int64(f.LastDay)*86400, 0).UTC().Format(time.DateOnly)
	case f.Base:
		return "all subscribers"
	}
	return fmt.Sprintf("subscribers that changed in epoch %d", f.Epoch)
}
