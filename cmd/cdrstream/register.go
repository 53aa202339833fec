package main

import (
	"context"
	"os"
	"slices"

	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// register is the register of files: what the engine tells of those that it read, with
// what only the disk tells, and those that it did not read.
type register struct {
	*parquet.Files
	inputs []*input          // of this process
	unread []hygiene.File    // files of a replay that are not read
	copies map[string]string // what duplicates are duplicates of, as far as that is known
}

// WriteFiles is of engine.Register.
func (r *register) WriteFiles(ctx context.Context, epoch uint64, files []hygiene.File, whole bool) error {
	files = slices.Clone(files)
	hashes := map[string]string{}
	for i := range files {
		f := &files[i]
		r.stored(f)
		hashes[f.Name] = f.Hash
	}
	for _, f := range r.unread {
		f.Size = sizeOf(f.Name)
		if f.Status == hygiene.Duplicate {
			f.DuplicateOf = r.copies[f.Name]
			f.Hash = hashes[f.DuplicateOf]
		}
		files = append(files, f)
	}
	return r.Files.WriteFiles(ctx, epoch, files, whole)
}

// stored adds size and hash of the content as it is stored.
func (r *register) stored(f *hygiene.File) {
	if f.Evidence != "" {
		f.Size, f.Hash = file.Stored(f.Evidence)
		return
	}
	if i := slices.IndexFunc(r.inputs, func(in *input) bool { return in.path == f.Name }); i >= 0 {
		if now := r.inputs[i].now.Load(); now != nil {
			f.Size, f.Hash = now.Stored()
		}
	}
}

// sizeOf is how many bytes a file has, -1 if that is not known.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// unread lists the files of a replay that are not read.
func unread(repeats, empty []string) (all []hygiene.File) {
	for _, p := range repeats {
		all = append(all, notRead(p, hygiene.Duplicate))
	}
	for _, p := range empty {
		all = append(all, notRead(p, hygiene.Empty))
	}
	return all
}

func notRead(path string, what hygiene.Status) hygiene.File {
	return hygiene.File{Account: hygiene.Account{Name: path}, Status: what, Settled: true}
}
