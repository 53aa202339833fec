package parquet

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"time"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// stagingPath is where files stand until they are published, below the output
// directory, with slashes.
const stagingPath = ".staging/features"

// stagedName is epoch_date_end-shard.parquet; the file's final place follows from
// it.
func stagedName(f *feature.Frame) (string, error) {
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		return "", fmt.Errorf("the date %q of a frame is not YYYY-MM-DD", f.Date)
	}
	end, form := time.UnixMilli(int64(f.WindowEnd)).UTC(), "20060102T150405Z"
	if f.WindowEnd%1000 != 0 {
		form = "20060102T150405.000Z"
	}
	return fmt.Sprintf("%d_%s_%s-%02d.parquet", f.Epoch, f.Date, end.Format(form), f.Shard), nil
}

var stagedForm = regexp.MustCompile(`^(\d+)_(\d{4}-\d\d-\d\d)_([0-9TZ.]+-\d+\.parquet)$`)

// place returns the epoch and the final place, relative to the output directory,
// of the file that is staged at name.
func place(name string) (epoch uint64, final string, err error) {
	parts := stagedForm.FindStringSubmatch(path.Base(name))
	if parts == nil || path.Dir(name) != stagingPath {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	epoch, err = strconv.ParseUint(parts[1], 10, 64)
	return epoch, path.Join("features", "date="+parts[2], parts[3]), err
}
