package vectors

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// csvTable is a CSV file with a header.
type csvTable struct {
	path    string
	disk    io.Closer
	release func() // of the decompressor; may be nil
	in      *csv.Reader
	names   []string
}

// openCSV reads the header. It owns disk, of which in reads.
func openCSV(path string, disk *os.File, in *bufio.Reader) (table, error) {
	t := &csvTable{path: path, disk: disk}
	if err := t.begin(in); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *csvTable) begin(stored *bufio.Reader) error {
	in, err := t.unpacked(stored)
	if err != nil {
		return fmt.Errorf("%s: %w", t.path, err)
	}
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // it was peeked
	}
	t.in = csv.NewReader(in)
	t.in.Comma = separator(in)
	t.in.ReuseRecord, t.in.TrimLeadingSpace = true, t.in.Comma != '\t' // a tab is space
	header, err := t.in.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: the file is empty: write a header and rows", t.path)
	}
	if err != nil {
		return t.trouble(err)
	}
	for _, name := range header {
		name = strings.TrimSpace(name)
		if name != "" && slices.Contains(t.names, name) {
			return fmt.Errorf("%s:1: the column %s comes twice: rename one", t.path, name)
		}
		t.names = append(t.names, name)
	}
	return nil
}

// unpacked is the text of the file.
func (t *csvTable) unpacked(stored *bufio.Reader) (*bufio.Reader, error) {
	magic, _ := stored.Peek(4) // what cannot be read shows again
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		r, err := gzip.NewReader(stored)
		return bufio.NewReaderSize(r, 64<<10), err
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		r, err := zstd.NewReader(stored, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err == nil {
			t.release = r.Close
		}
		return bufio.NewReaderSize(r, 64<<10), err
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		return nil, errors.New("this is a zip archive: unpack it")
	}
	return stored, nil
}

// separator is the one of , ; tab | that the header has most of.
func separator(in *bufio.Reader) rune {
	head, _ := in.Peek(in.Size())
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, c := range ";\t|" {
		if n := bytes.Count(line, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func (t *csvTable) columns() []string { return t.names }

func (t *csvTable) close() error {
	if t.release != nil {
		t.release()
	}
	return t.disk.Close()
}

func (t *csvTable) rows(ctx context.Context, columns []int, yield func(place func() string, cells []any) error) error {
	cells := make([]any, len(columns))
	place := func() string {
		line, _ := t.in.FieldPos(0)
		return fmt.Sprintf("%s:%d", t.path, line)
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		record, err := t.in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return t.trouble(err)
		}
		for i, c := range columns {
			cells[i] = nil
			if text := strings.TrimSpace(record[c]); text != "" {
				cells[i] = text
			}
		}
		if err := yield(place, cells); err != nil {
			return err
		}
	}
}

// trouble says what is wrong with a line.
func (t *csvTable) trouble(err error) error {
	var e *csv.ParseError
	switch {
	case errors.As(err, &e) && errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("%s:%d: the line has not as many fields as the header, which has %d: quote fields that hold the separator %q", t.path, e.StartLine, len(t.names), t.in.Comma)
	case errors.As(err, &e):
		return fmt.Errorf("%s:%d:%d: no valid CSV (%w): quote fields that hold quotes, separators or line ends", t.path, e.Line, e.Column, e.Err)
	}
	return fmt.Errorf("read %s: %w", t.path, err)
}
