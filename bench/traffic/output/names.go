// Package output writes lines to files as a mediation system leaves them:
// plain or compressed by the extension, in one piece or one file a day or hour
// of local time. A file under its final name is complete: it is written as
// NAME.partial and renamed.
package output

import (
	"path/filepath"
	"strings"
	"time"
)

// Options say where the lines go.
type Options struct {
	Path   string         // a file; - is Options.Stdout
	Split  Split          // one file, or one for each part of time
	Zone   *time.Location // of days and hours
	Header []byte         // what each file begins with
	Force  bool           // overwrite files that exist
}

// Split is how the lines are cut into files.
type Split uint8

// The splits.
const (
	Whole Split = iota
	Daily
	Hourly
)

// part returns the name of the file that holds an instant, and where it ends.
func (o *Options) part(at time.Time) (name string, end time.Time) {
	at = at.In(o.Zone)
	stem, ext := Extension(o.Path)
	switch o.Split {
	case Daily:
		y, m, d := at.Date()
		return stem + "-" + at.Format("2006-01-02") + ext, time.Date(y, m, d+1, 0, 0, 0, 0, o.Zone)
	case Hourly:
		into := time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
		stamp := at.Format("2006-01-02T15")
		if _, offset := at.Zone(); offset != 0 { // an hour may come twice
			stamp = at.Format("2006-01-02T15-0700")
		}
		return stem + "-" + stamp + ext, at.Add(time.Hour - into)
	}
	return o.Path, forever
}

// forever is later than any record.
var forever = time.UnixMilli(1 << 50)

// Extension cuts .csv, .jsonl, .gz and .zst off a file name.
func Extension(path string) (stem, ext string) {
	stem = path
	for {
		switch e := filepath.Ext(stem); e {
		case ".gz", ".zst", ".csv", ".jsonl":
			stem, ext = strings.TrimSuffix(stem, e), e+ext
		default:
			return stem, ext
		}
	}
}
