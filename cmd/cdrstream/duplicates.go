package main

import "github.com/cdrstream/cdrstream/engine/source/file"

// The ways to deal with files that hold what another one holds.
const (
	skipDuplicates = "skip"
	readDuplicates = "read"
)

// distinct leaves out the files that hold byte for byte what an earlier one or a
// known one holds, unless the options say to read them all the same. known are
// the files of which an earlier run of the job has read.
func (o *replayOptions) distinct(paths []string, known []file.Known) (keep []string, duplicates []file.Duplicate, err error) {
	if o.duplicates == readDuplicates {
		return paths, nil, nil
	}
	keep, duplicates, err = file.Distinct(paths, known)
	return keep, duplicates, usage(err)
}
