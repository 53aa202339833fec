package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

const (
	featuresDir = "features"
	rejectsDir  = "rejects"
	lateDir     = "late"
	summaryFile = "summary.json"
	stagingDir  = ".staging" // what is not published yet; sinks clear it
	jobFile     = "job.json" // in stagingDir, while the job is unfinished
)

// outDir is the output directory of a job. While the job runs, a file in it
// tells whose it is: a job that was stopped may be started again over what it
// left.
type outDir struct {
	path string
	id   jobID
	lock *os.File
}

// jobID tells one job from another.
type jobID struct {
	Configuration string   `json:"configuration_hash"`
	Inputs        []string `json:"inputs"`
}

// claim makes the directory the job's own, empty but for foreign files that
// overwrite tolerates. It refuses what another job wrote, unless overwrite.
func (o *outDir) claim(overwrite bool) error {
	earlier, foreign, err := o.contents()
	if err != nil {
		return usagef("output directory: %w", err)
	}
	mine := o.unfinished() && !slices.Contains(earlier, summaryFile)
	switch {
	case overwrite || mine && len(foreign) == 0:
	case len(foreign) > 0:
		return usagef("%s holds %s, which cdrstream did not write: choose another --out, or --overwrite to write beside it", o.path, some(foreign))
	case len(earlier) > 0:
		return usagef("%s holds the output of another run (%s): choose another --out, or --overwrite to replace it", o.path, some(earlier))
	}
	if err := os.MkdirAll(filepath.Join(o.path, stagingDir), 0o755); err != nil {
		return usagef("output directory: %w", err)
	}
	if err := o.take(); err != nil {
		return err
	}
	if err := o.clear(); err != nil {
		return fmt.Errorf("empty the output directory: %w", err)
	}
	return o.sign()
}

// contents lists what is there of what a job writes, and what else.
func (o *outDir) contents() (earlier, foreign []string, err error) {
	entries, err := os.ReadDir(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for _, e := range entries {
		switch e.Name() {
		case featuresDir, rejectsDir, lateDir, summaryFile, stagingDir:
			earlier = append(earlier, e.Name())
		default:
			foreign = append(foreign, e.Name())
		}
	}
	return earlier, foreign, err
}

func (o *outDir) jobPath() string { return filepath.Join(o.path, stagingDir, jobFile) }

// unfinished reports whether an earlier run of the same job did not end.
func (o *outDir) unfinished() bool {
	b, err := os.ReadFile(o.jobPath())
	var id jobID
	return err == nil && json.Unmarshal(b, &id) == nil &&
		id.Configuration == o.id.Configuration && slices.Equal(id.Inputs, o.id.Inputs)
}

// take keeps other processes out for as long as this one lives.
func (o *outDir) take() error {
	f, err := os.OpenFile(o.jobPath(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return usagef("output directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return usagef("%s is being written by another process: wait for it, or choose another --out", o.path)
	}
	o.lock = f
	return nil
}

// clear removes what an earlier run wrote: the summary first, so that what is
// left never looks complete.
func (o *outDir) clear() error {
	for _, name := range []string{summaryFile, lateDir, rejectsDir, featuresDir} {
		if err := os.RemoveAll(filepath.Join(o.path, name)); err != nil {
			return err
		}
	}
	return nil
}

// sign writes whose directory this is.
func (o *outDir) sign() error {
	b, err := json.Marshal(o.id)
	if err != nil {
		return err
	}
	if err := o.lock.Truncate(0); err != nil {
		return err
	}
	_, err = o.lock.WriteAt(b, 0)
	return errors.Join(err, o.lock.Sync())
}

// finish writes the summary, the sign that everything is there.
func (o *outDir) finish(summary []byte) error {
	staged := filepath.Join(o.path, stagingDir, summaryFile)
	f, err := os.Create(staged)
	if err != nil {
		return err
	}
	_, err = f.Write(summary)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	if err := os.Rename(staged, filepath.Join(o.path, summaryFile)); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(o.path, stagingDir))
}

// release lets other processes in again.
func (o *outDir) release() {
	if o.lock != nil {
		o.lock.Close()
	}
}

// some names up to three of names.
func some(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}
