package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

const showHelp = `Show rows of features as JSON lines. PATH is a Parquet file, or a directory of
them: what replay wrote, its features/, or one date of it. Files are read in the
order of their names, that is of the dates, rows in the order of the files.

Each row is one object with the columns in the order of the file; null where a
feature has no value, times in UTC. A file below date=YYYY-MM-DD also has the
column date, as readers of such directories add it.`

func newFeaturesShowCommand(s streams) *cobra.Command {
	var limit uint64
	var globs []string
	c := &cobra.Command{
		Use:   "show PATH",
		Short: "Show rows of the Parquet files that replay wrote",
		Long:  showHelp,
		Example: `  cdrstream features show out
  cdrstream features show --limit 0 --columns 'subscriber,date,calls*_7d' out/features/date=2026-01-11`,
		Args: arguments(cobra.ExactArgs(1), "one PATH"),
		RunE: func(c *cobra.Command, args []string) error {
			w := &rowWriter{globs: globs, left: int64(min(limit, math.MaxInt64)), out: bufio.NewWriter(s.out)}
			if limit == 0 {
				w.left = math.MaxInt64
			}
			return flush(w.out, w.show(c.Context(), args[0]))
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Uint64VarP(&limit, "limit", "n", 3, "stop after `N` rows, 0 = never")
	fs.StringSliceVar(&globs, "columns", []string{"*"}, "columns to show: `globs` over their names")
	return c
}

// rowWriter writes rows of Parquet files as JSON lines.
type rowWriter struct {
	globs []string
	left  int64 // rows that may still be written
	out   *bufio.Writer
	line  []byte
}

func (w *rowWriter) show(ctx context.Context, root string) error {
	files, err := parquetFiles(root)
	if err != nil {
		return usage(err)
	}
	for _, f := range files {
		if err := w.file(ctx, f); err != nil || w.left == 0 {
			return err
		}
	}
	return nil
}

// file writes the rows of one file.
func (w *rowWriter) file(ctx context.Context, name string) error {
	r, err := parquet.OpenReader(name)
	if err != nil {
		return usage(err)
	}
	defer r.Close()
	date, dated := strings.CutPrefix(filepath.Base(filepath.Dir(name)), "date=")
	names := slices.Clone(r.Columns())
	if dated = dated && !slices.Contains(names, "date"); dated {
		names = append(names, "date")
	}
	chosen, err := choose(names, w.globs)
	if err != nil {
		return usagef("%s: %w", name, err)
	}
	keys := make([]string, len(chosen))
	for i, c := range chosen {
		keys[i] = names[c]
	}
	dated = dated && keys[len(keys)-1] == "date"
	if dated {
		chosen = chosen[:len(chosen)-1]
	}
	return r.Rows(ctx, chosen, w.left, func(row []any) error {
		if dated {
			row = append(row, date)
		}
		w.left--
		return w.row(keys, row)
	})
}

// flush ends an output that was written until err, and returns what went wrong
// first.
func flush(out *bufio.Writer, err error) error {
	if failed := out.Flush(); err == nil && failed != nil {
		err = fmt.Errorf("write the output: %w", failed)
	}
	return err
}

// row writes one object, the keys in their order.
func (w *rowWriter) row(keys []string, values []any) error {
	w.line = append(w.line[:0], '{')
	for i, key := range keys {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = appendJSON(w.line, key)
		w.line = append(w.line, ':')
		w.line = appendJSON(w.line, values[i])
	}
	w.line = append(w.line, '}', '\n')
	_, err := w.out.Write(w.line)
	return err
}

// appendJSON appends v, null for a number that JSON has no word for.
func appendJSON(dst []byte, v any) []byte {
	switch x := v.(type) {
	case time.Time:
		v = x.UTC().Format("2006-01-02T15:04:05.000Z")
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			v = nil
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers, bools and null always marshal
	}
	return append(dst, b...)
}

// choose returns which of names match any of globs, in the order of names.
func choose(names, globs []string) (chosen []int, err error) {
	used := make([]bool, len(globs))
	for i, name := range names {
		take := false
		for k, g := range globs {
			ok, err := path.Match(g, name)
			if err != nil {
				return nil, fmt.Errorf("--columns: %q is no valid pattern: close its brackets", g)
			}
			used[k] = used[k] || ok
			take = take || ok
		}
		if take {
			chosen = append(chosen, i)
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		return nil, fmt.Errorf("--columns: %q matches no column%s", globs[i], meant(globs[i], names))
	}
	if len(chosen) == 0 {
		return nil, errors.New("--columns: no column is named: name globs, or leave it out")
	}
	return chosen, nil
}

// meant is a suggestion for a name that is none of names.
func meant(name string, names []string) string {
	if near := config.Nearest(name, names); near != "" {
		return ": did you mean " + near + "?"
	}
	return ": leave --columns out to see them all"
}

// parquetFiles lists root itself, or the Parquet files below it in the order of
// their names. Of an output directory only features/ counts; what is hidden
// never does.
func parquetFiles(root string) (files []string, err error) {
	if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file or directory: check the path", root)
	}
	if info, err := os.Stat(filepath.Join(root, featuresDir)); err == nil && info.IsDir() {
		root = filepath.Join(root, featuresDir)
	}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != root && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !d.IsDir() && (p == root || strings.HasSuffix(p, ".parquet")):
			files = append(files, p)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s: the directory holds no Parquet files: name the output directory of replay", root)
	}
	return files, err
}
