package vectors

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
)

// table is a file of rows.
type table interface {
	columns() []string
	// rows calls yield with the cells of each row, those of the columns at the
	// given indexes. A cell is nil for null, string, bool, int64, float64 or
	// time.Time. place tells where the row is. Neither outlives the call.
	rows(ctx context.Context, columns []int, yield func(place func() string, cells []any) error) error
	close() error
}

// File is a file of vectors. It is read once, by one goroutine.
type File struct {
	path string
	table
}

// Open opens the file at path and reads its header. What it holds is told by its
// content.
func Open(path string) (*File, error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	in := bufio.NewReaderSize(disk, 256<<10)
	magic, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		disk.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var t table
	if bytes.Equal(magic, []byte("PAR1")) {
		disk.Close()
		t, err = openParquet(path)
	} else {
		t, err = openCSV(path, disk, in)
	}
	if err != nil {
		return nil, err
	}
	return &File{path, t}, nil
}

func openError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file or directory: check the path", path)
	}
	return err // it names the path
}

// Path is the path that it was opened by.
func (f *File) Path() string { return f.path }

// Close closes the file.
func (f *File) Close() error { return f.close() }

// column finds a column.
func (f *File) column(name string) (int, bool) {
	i := slices.Index(f.columns(), name)
	return i, i >= 0
}

// noColumn says that there is no such column, and which might be meant.
func (f *File) noColumn(name string) string {
	text := fmt.Sprintf("%s has no column %s", f.path, name)
	if near := config.Nearest(name, f.columns()); near != "" {
		return text + ": did you mean " + near + "?"
	}
	const some = 12
	names := f.columns()
	if len(names) > some {
		return fmt.Sprintf("%s: it has %s and %d more", text, strings.Join(names[:some], ", "), len(names)-some)
	}
	return text + ": it has " + strings.Join(names, ", ")
}
