package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/cdrstream/cdrstream/engine/disk"
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
	made bool // the directory was not there before
}

// jobID tells one job from another.
type jobID struct {
	Configuration string   `json:"configuration_hash"`
	Inputs        []string `json:"inputs"`
	Job           string   `json:"job"` // as its checkpoints name it; for those it is the only thing that counts
}

// claim makes the directory the job's own, empty but for foreign files that
// overwrite tolerates. It refuses what another job wrote, unless overwrite.
func (o *outDir) claim(overwrite bool) error {
	if err := o.admit(overwrite); err != nil {
		return err
	}
	_, err := os.Stat(o.path)
	o.made = err != nil
	if err := o.disk().Mkdir(filepath.Join(o.path, stagingDir)); err != nil {
		return usagef("output directory: %w", err)
	}
	if err := o.take(); err != nil {
		return err
	}
	if err := o.admit(overwrite); err != nil { // another job may have ended meanwhile
		return err
	}
	if err := o.clear(); err != nil {
		return fmt.Errorf("empty the output directory: %w", err)
	}
	return o.sign()
}

// rejoin takes the directory that an earlier process of the job left, whose
// checkpoint is in the directory state. A finished job needs none: what it wrote
// may have been moved away.
func (o *outDir) rejoin(state string, finished bool) error {
	id, err := o.owner()
	switch {
	case err == nil && id.Job == o.id.Job:
		return o.retake(finished)
	case finished:
		return nil
	case err != nil:
		return usagef("%s does not hold what the job of --state %s wrote: name the directory in which it began, or start over with another --state", o.path, state)
	}
	return usagef("%s holds what another job than that of --state %s wrote: name the directory in which it began, or start over with another --state", o.path, state)
}

// goesOn reports whether the directory is that of a job that another process may
// go on with.
func (o *outDir) goesOn() bool {
	id, err := o.owner()
	return err == nil && id.Job != ""
}

// signed reports whether there is a file that says whose the directory is.
func (o *outDir) signed() bool {
	info, err := os.Stat(o.jobPath())
	return err == nil && info.Size() > 0
}

// retake takes the directory again. The summary of an earlier run of a job that was
// kept open goes: it would look as if what is written now were complete.
func (o *outDir) retake(finished bool) error {
	if err := o.take(); err != nil || finished {
		return err
	}
	err := os.Remove(filepath.Join(o.path, summaryFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// disk makes directories that survive a crash.
func (o *outDir) disk() disk.FS { return disk.New(0o644, 0o755) }

// owner reads whose directory this is.
func (o *outDir) owner() (id jobID, err error) {
	b, err := os.ReadFile(o.jobPath())
	if err == nil {
		err = json.Unmarshal(b, &id)
	}
	return id, err
}

// admit looks whether the job may write here.
func (o *outDir) admit(overwrite bool) error {
	held, err := contents(o.path)
	switch {
	case err != nil:
		return usagef("output directory: %w", err)
	case overwrite:
	case len(held.foreign) > 0:
		return usagef("%s holds %s, which cdrstream did not write: choose another --out, or --overwrite to write beside it", o.path, some(held.foreign))
	case o.lock == nil && slices.Equal(held.names, []string{stagingDir}) && !o.signed():
		// A process that died before it came to sign: nothing of it is here.
	case o.lock == nil && len(held.files) > 0 && o.goesOn():
		return usagef("%s holds what a job with a --state of its own has published so far: go on with that, or --overwrite to replace it", o.path)
	case slices.Contains(held.names, summaryFile) || len(held.names) > 0 && o.lock == nil && !o.unfinished(len(held.files) > 0):
		return o.refuse(held.names)
	}
	return nil
}

// refuse says whose the directory is.
func (o *outDir) refuse(names []string) error {
	f, err := os.Open(o.jobPath())
	if err == nil {
		defer f.Close()
		if syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil {
			return o.busy()
		}
		return usagef("%s holds what another job left that did not end: choose another --out, or --overwrite to replace it", o.path)
	}
	return usagef("%s holds the output of another run (%s): choose another --out, or --overwrite to replace it", o.path, some(names))
}

func (o *outDir) busy() error {
	return usagef("%s is being written by another process: wait for it, or choose another --out", o.path)
}

func (o *outDir) jobPath() string { return filepath.Join(o.path, stagingDir, jobFile) }

// unfinished reports whether an earlier run of the same job did not end. Before
// anything was published more files may have come to its inputs.
func (o *outDir) unfinished(published bool) bool {
	id, err := o.owner()
	return err == nil && id.Configuration == o.id.Configuration && (!published || slices.Equal(id.Inputs, o.id.Inputs))
}

// take keeps other processes out for as long as this one lives.
func (o *outDir) take() error {
	f, err := os.OpenFile(o.jobPath(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return usagef("output directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return o.busy()
	}
	o.lock = f
	// The process that held the lock before may have removed the file.
	mine, err1 := f.Stat()
	there, err2 := os.Stat(o.jobPath())
	if err1 != nil || err2 != nil || !os.SameFile(mine, there) {
		o.release()
		return o.busy()
	}
	return nil
}

// clear removes what an earlier run wrote: the summary first, so that what is
// left never looks complete. Files of others stay.
func (o *outDir) clear() error {
	held, err := contents(o.path)
	if err != nil {
		return err
	}
	for _, name := range held.files {
		if err := os.Remove(filepath.Join(o.path, name)); err != nil {
			return err
		}
	}
	for _, name := range slices.Backward(held.dirs) {
		if err := os.Remove(filepath.Join(o.path, name)); err != nil && !errors.Is(err, syscall.ENOTEMPTY) {
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
	if err = errors.Join(err, o.lock.Sync()); err != nil {
		return err
	}
	return o.disk().SyncDir(filepath.Join(o.path, stagingDir))
}

// finish writes the summary, the sign that everything is there. The directory
// stays the job's if that was kept open.
func (o *outDir) finish(summary []byte, keepOpen bool) error {
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
	if err := o.disk().SyncDir(o.path); err != nil {
		return err
	}
	if keepOpen {
		return nil
	}
	return o.leave()
}

// leave ends what finish and revisit keep others out for.
func (o *outDir) leave() error { return os.RemoveAll(filepath.Join(o.path, stagingDir)) }

// revisit takes the directory once more after the job's end, until leave. It
// reports false if that holds anything else than what ended with this summary.
func (o *outDir) revisit(summary []byte) (mine bool, err error) {
	written, err := os.ReadFile(filepath.Join(o.path, summaryFile))
	if err != nil || !bytes.Equal(written, summary) {
		return false, nil //nolint:nilerr // it was moved away
	}
	if err := o.disk().Mkdir(filepath.Join(o.path, stagingDir)); err != nil {
		return false, err
	}
	if err := o.take(); err != nil {
		return false, err
	}
	return true, nil
}

// abandon ends a job that failed: nothing of it stays. Should that fail too,
// the same command may still start over.
func (o *outDir) abandon() {
	if o.clear() != nil {
		return
	}
	_ = os.RemoveAll(filepath.Join(o.path, stagingDir))
	if o.made {
		_ = os.Remove(o.path)
	}
}

// release lets other processes in again.
func (o *outDir) release() {
	if o.lock != nil {
		o.lock.Close()
		o.lock = nil
	}
}

// some names up to three of names.
func some(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}
