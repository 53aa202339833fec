package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/rejects"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// inputs are the files of rejects that args name.
func (r *reprocessing) inputs(args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, errors.New("no rejects: name files of rejects, or the output directory of a replay")
	}
	var named []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			named = append(named, arg)
			continue
		}
		if sub := filepath.Join(arg, rejectsDir); isDir(sub) {
			arg = sub
		}
		found, err := filepath.Glob(filepath.Join(globLiteral(arg), "*.jsonl"))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s holds no *.jsonl files: nothing was rejected, or it is not the output of a replay", arg)
		}
		slices.Sort(found)
		named = append(named, found...)
	}
	if there(r.stillPath()) { // first: its texts may have been corrected
		named = append([]string{r.stillPath()}, named...)
	}
	paths, _, err := file.Find(named)
	for _, path := range paths {
		if err == nil && path == file.Stdin {
			err = errors.New("rejects are read twice, and standard input can be read only once: write them to a file")
		}
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return samePath(path, r.options.out) }) // in a directory
	if err == nil && len(paths) == 0 {
		err = errors.New("no rejects: the only file named is the output")
	}
	return paths, err
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// globLiteral makes path a glob that matches nothing else.
func globLiteral(path string) string {
	var b []byte
	for i := range len(path) {
		if c := path[i]; c == '*' || c == '?' || c == '[' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, path[i])
	}
	return string(b)
}

// longestLine is room for the text of any record, with every byte of it escaped.
const longestLine = 512 << 20

// each passes every entry of the files to do.
func (r *reprocessing) each(ctx context.Context, paths []string, do func(*rejects.Entry) error) error {
	var buf []byte
	for _, path := range paths {
		f, err := file.Open(path, file.Options{MaxRecord: longestLine})
		if err != nil {
			return usage(err)
		}
		if buf, err = r.eachOf(ctx, f, buf, do); err != nil {
			f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (r *reprocessing) eachOf(ctx context.Context, f *file.File, buf []byte, do func(*rejects.Entry) error) ([]byte, error) {
	for {
		block, err := f.Read(ctx, buf[:0])
		if err == io.EOF {
			return block.Buffer(buf), nil
		}
		if err != nil {
			return nil, err
		}
		if len(block.Oversize) > 0 {
			return nil, usagef("%s: line %d is too long for one of rejects", f.Name(), block.Oversize[0].At.Line+1)
		}
		if err := r.entries(f.Name(), block, do); err != nil {
			return nil, err
		}
		buf = block.Buffer(buf)
	}
}

// entries passes the lines of a block on. A last one without its end is still being
// written, unless it is whole.
func (r *reprocessing) entries(name string, block source.Block, do func(*rejects.Entry) error) error {
	for lines := decode.NewLines(block.Data); lines.Next(); {
		e, err := rejects.Parse(lines.At.Text)
		if err != nil && lines.Passed() == len(block.Data) && block.Data[len(block.Data)-1] != '\n' {
			r.log.Warn("the last line has no end, and is passed over", "file", name)
			return nil
		}
		if err != nil {
			return usagef("%s: line %d %w", name, block.Start.Line+int64(lines.At.Line)+1, err)
		}
		if err := do(e); err != nil {
			return err
		}
	}
	return nil
}
