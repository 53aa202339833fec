package columns

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"time"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Files is how a sink names its files of rows, one for each boundary and shard. Until
// they are published they stand in Staging, as epoch_date_end-shard and Suffix; then as
// Final/date=.../end-shard and Suffix.
type Files struct {
	Staging, Final string // below the output directory, with slashes
	Suffix         string // .parquet
}

// Staged is the name of the file that f belongs to; its final place follows from it.
func (x Files) Staged(f *feature.Frame) (string, error) {
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		return "", fmt.Errorf("the date %q of a frame is not YYYY-MM-DD", f.Date)
	}
	end, form := time.UnixMilli(int64(f.WindowEnd)).UTC(), "20060102T150405Z"
	if f.WindowEnd%1000 != 0 {
		form = "20060102T150405.000Z"
	}
	return fmt.Sprintf("%d_%s_%s-%02d%s", f.Epoch, f.Date, end.Format(form), f.Shard, x.Suffix), nil
}

var stagedForm = regexp.MustCompile(`^(\d+)_(\d{4}-\d\d-\d\d)_([0-9TZ.]+-\d+)(\.[a-z]+)$`)

// Place returns the epoch and the final place, relative to the output directory, of the
// file that is staged at name.
func (x Files) Place(name string) (epoch uint64, final string, err error) {
	parts := stagedForm.FindStringSubmatch(path.Base(name))
	if parts == nil || parts[4] != x.Suffix || path.Dir(name) != x.Staging {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	epoch, err = strconv.ParseUint(parts[1], 10, 64)
	return epoch, path.Join(x.Final, "date="+parts[2], parts[3]+x.Suffix), err
}
