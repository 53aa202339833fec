package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// What a job writes under final names, relative to its output directory.
var (
	ownFile = regexp.MustCompile(`^(summary\.json|alerts\.jsonl|rejects/rejects\.jsonl|late/late\.jsonl|features/date=\d{4}-\d\d-\d\d/[0-9TZ.]+-\d+\.parquet|features-arrow/date=\d{4}-\d\d-\d\d/[0-9TZ.]+-\d+\.arrow|alerts/[^/]+\.parquet|files\.parquet|files/\d{8,20}\.parquet)$`)
	ownDir  = regexp.MustCompile(`^(rejects|late|alerts|files|features|features/date=\d{4}-\d\d-\d\d|features-arrow|features-arrow/date=\d{4}-\d\d-\d\d)$`)
)

// held is what an output directory holds.
type held struct {
	names   []string // at the top, of what a job writes
	foreign []string // what no job writes
	files   []string // what jobs published, the summary first
	dirs    []string // where that stands, parents first
}

// contents looks into the output directory at root, which need not be there.
func contents(root string) (h held, err error) {
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			if err == nil && !d.IsDir() {
				err = &fs.PathError{Op: "open", Path: root, Err: errors.New("not a directory")}
			}
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return h.add(filepath.ToSlash(name), d)
	})
	if errors.Is(err, os.ErrNotExist) {
		return held{}, nil
	}
	return h, err
}

// add notes one entry.
func (h *held) add(name string, d fs.DirEntry) error {
	top := filepath.Dir(name) == "."
	switch {
	case name == webhookDir && d.IsDir(): // what waits to be posted outlasts its job
		return fs.SkipDir
	case name == stagingDir && d.IsDir():
		h.names = append(h.names, name)
		return fs.SkipDir
	case d.IsDir() && ownDir.MatchString(name):
		h.dirs = append(h.dirs, name)
	case d.Type().IsRegular() && name == summaryFile:
		h.files = append([]string{name}, h.files...)
	case d.Type().IsRegular() && ownFile.MatchString(name):
		h.files = append(h.files, name)
	default:
		h.foreign = append(h.foreign, name)
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	if top {
		h.names = append(h.names, name)
	}
	return nil
}
