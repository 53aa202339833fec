package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// state is the state directory of a replay, and what its checkpoint says. All
// methods work on one that is not there, of a replay without --state.
type state struct {
	path  string
	store *checkpoint.Store    // nil: none
	then  *checkpoint.Manifest // nil: no checkpoint yet
	made  bool                 // the directory was not there before
}

// openState opens the state directory that the configuration names.
func openState(cfg *config.Config, out string) (*state, error) {
	if cfg.State == "" {
		return &state{}, nil
	}
	if err := apart(cfg.State, out); err != nil {
		return nil, err
	}
	return openStore(cfg.State)
}

// openStore opens the checkpoints at path.
func openStore(path string) (*state, error) {
	s := &state{path: path, made: !there(path)}
	var err error
	s.store, err = checkpoint.Open(stateDisk(), s.path)
	var newer *checkpoint.VersionError
	switch {
	case err == nil:
		s.then = s.store.Manifest()
		return s, nil
	case errors.Is(err, checkpoint.ErrLocked), errors.Is(err, checkpoint.ErrForeign), errors.As(err, &newer):
		return nil, usage(err)
	}
	return nil, err
}

// apart makes sure that the state does not lie in the output, nor the other way
// round: each refuses files that it does not know.
func apart(state, out string) error {
	a, err1 := filepath.Abs(state)
	b, err2 := filepath.Abs(out)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if within(a, b) || within(b, a) {
		return usagef("--state %s and --out %s lie within each other: choose directories apart", state, out)
	}
	return nil
}

// samePath reports whether two spellings name the same path.
func samePath(a, b string) bool {
	x, err1 := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return a == b || err1 == nil && err2 == nil && x == y
}

// outside leaves out of paths what lies in one of the job's own directories: an
// input directory may hold those too.
func outside(paths []string, own ...string) []string {
	return slices.DeleteFunc(paths, func(path string) bool {
		return slices.ContainsFunc(own, func(dir string) bool { return dir != "" && path != file.Stdin && inside(path, dir) })
	})
}

func inside(path, dir string) bool {
	p, err1 := filepath.Abs(path)
	d, err2 := filepath.Abs(dir)
	return err1 == nil && err2 == nil && p != d && within(p, d)
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// close lets other processes in. A directory that was made for a command that
// then turned out to make no sense goes again.
func (s *state) close(err error) {
	if s.store == nil {
		return
	}
	var e *exitError
	if s.made && s.store.Manifest() == nil && errors.As(err, &e) && e.code == exitUsage {
		_ = os.RemoveAll(s.path) // while nobody else has it
	}
	s.store.Close()
}

// goesOn reports whether an earlier process has left a checkpoint.
func (s *state) goesOn() bool { return s.then != nil }

func (s *state) finished() bool { return s.goesOn() && s.then.State == checkpoint.StateFinished }

// admit refuses a job whose answer would be another than that of the checkpoint.
func (s *state) admit(j *job, keepOpen bool) error {
	if !s.goesOn() {
		return nil
	}
	var then []config.Setting
	for _, x := range s.then.Settings {
		then = append(then, config.Setting(x))
	}
	if d := config.Differences(then, j.settings); len(d) > 0 {
		if j.config.Rules != nil && !slices.ContainsFunc(then, func(x config.Setting) bool { return x.Name == rulesSetting }) {
			return usagef("%s holds a job without rules: go on with --rules none, or choose another --state", s.path)
		}
		return usagef("%s holds a job with another configuration (%s): give it the same one, or choose another --state", s.path, strings.Join(d, "; "))
	}
	if s.finished() && keepOpen {
		return usagef("%s holds a job that is finished, its last period is closed: --keep-open has to be given from the first run on; choose another --state", s.path)
	}
	return nil
}

// job is what tells this job from others: a new name if it does not go on, none if
// it cannot.
func (s *state) job() (string, error) {
	switch {
	case s.store == nil:
		return "", nil
	case s.goesOn():
		return s.then.Job, nil
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:]), nil
}

// find finds the files that the arguments name. Of a job that goes on, those that
// were read to their end may be gone, and with them all that a directory or a
// pattern named.
func (s *state) find(args []string) (paths, repeats []string, err error) {
	if !s.goesOn() {
		return file.Find(args)
	}
	wanted := slices.DeleteFunc(slices.Clone(args), s.gone)
	if len(wanted) == 0 {
		return nil, nil, nil
	}
	return file.Find(wanted)
}

// gone reports whether an argument names nothing that is left.
func (s *state) gone(arg string) bool {
	if src := s.source(arg); src != nil && src.Done && !there(arg) {
		return true
	}
	_, _, err := file.Find([]string{arg})
	return errors.Is(err, file.ErrNone)
}

// source returns what the checkpoint says of the file called name.
func (s *state) source(name string) *checkpoint.SourceState {
	if !s.goesOn() {
		return nil
	}
	for i := range s.then.Sources {
		if src := &s.then.Sources[i]; samePath(src.Name, name) {
			return src
		}
	}
	return nil
}

// known lists the files of which earlier processes have read. One whose name holds
// something else now is known by its content alone.
func (s *state) known() (all []file.Known) {
	if !s.goesOn() {
		return nil
	}
	for i := range s.then.Sources {
		src := &s.then.Sources[i]
		k := file.Known{Name: src.Name, Evidence: src.Bookmark.Evidence}
		if (&opening{path: src.Name, from: src}).check(src.Name) != nil {
			k.Name += " as it was read"
		}
		all = append(all, k)
	}
	return all
}

// copies adds to repeats the copies that earlier processes met.
func (s *state) copies(repeats []string) []string {
	if !s.goesOn() {
		return repeats
	}
	all := slices.Clone(s.then.Copies)
	for _, r := range repeats {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// latest is the time after which records are rejected. A job that was stopped
// keeps to what it began with; one that was kept open begins anew.
func (s *state) latest(b *builder) {
	if s.goesOn() && s.then.State == checkpoint.StateRunning {
		b.setLatest(s.then.Latest)
	}
}

func checkpointSettings(settings []config.Setting) (all []checkpoint.Setting) {
	for _, s := range settings {
		all = append(all, checkpoint.Setting(s))
	}
	return all
}

// describe says what the job stands at, for the log.
func (s *state) describe() string {
	return fmt.Sprintf("epoch %d of %s", s.then.Epoch, s.then.Written.Local().Format("2006-01-02 15:04:05"))
}

// summary returns the summary of a finished job, and its text.
func (s *state) summary() (*engine.Summary, []byte, error) {
	var all summary
	if err := json.Unmarshal(s.then.Summary, &all); err != nil || all.Summary == nil {
		return nil, nil, fmt.Errorf("%s: the summary of the finished job cannot be read: %v", s.path, err)
	}
	text, err := all.json()
	return all.Summary, text, err
}
