package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// The classes of numbers that the SQL names.
const (
	classTollFree = cdr.ClassTollFree
	classPremium  = cdr.ClassPremium
	classShort    = cdr.ClassShortCode
)

// A survey is what DuckDB is told of a file before the clock starts: where numbers are,
// and which days there are.
type survey struct {
	header   []string
	records  int64
	firstDay int64 // days since 1970 of the first event
	days     int   // from the first to the last
	places   map[int64]place
}

// place is where the numbers of one key (see placeKey) are, and what they are.
type place struct {
	area    cdr.Area
	country cdr.Country
	toll    cdr.Country // the country that it shares its tolls with
	class   cdr.Class
}

// maxDays is how many days DuckDB's bits have room for; see items.
const maxDays = 31

// openCSV opens the file at path and the layout of its records.
func openCSV(ctx context.Context, path string, plan *numbering.Plan) (*file.File, decode.Layout, error) {
	numbers, err := plan.Normalizer(numbering.Source{})
	if err != nil {
		return nil, nil, err
	}
	f, err := file.Open(path, file.Options{BlockSize: blockSize})
	if err != nil {
		return nil, nil, err
	}
	head, err := f.Head(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	l, skip, err := csv.Decoder{}.Open(head, &decode.Source{Zone: time.UTC, Numbers: numbers, Attempts: true, Originating: true, Terminating: true})
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	f.Skip(skip)
	return f, l, nil
}

const blockSize = 256 << 10

// look reads the whole file.
func look(ctx context.Context, path string) (s *survey, err error) {
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		return nil, err
	}
	s = &survey{places: map[int64]place{}}
	if s.header, err = headerOf(path); err != nil {
		return nil, err
	}
	f, layout, err := openCSV(ctx, path, plan)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	first, last := cdr.Millis(1<<62), cdr.Millis(0)
	var batch cdr.Batch
	var tally decode.Tally
	var buf []byte
	for {
		block, err := f.Read(ctx, buf[:0])
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		buf = block.Buffer(buf)
		batch.Reset()
		tally.Reset()
		csv.Decoder{}.Decode(layout, block.Data, &batch, &tally)
		if len(tally.Rejects) > 0 {
			return nil, fmt.Errorf("%s: a record that is rejected: %s; the SQL reads sound records only", path, tally.Rejects[0].Reason)
		}
		s.records += int64(batch.Len())
		if err := s.add(plan, &batch); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for i := range batch.Rows {
			t := batch.Rows[i].Release
			first, last = min(first, t), max(last, t)
		}
		if err != nil {
			break
		}
	}
	if s.records == 0 {
		return nil, fmt.Errorf("%s: no records", path)
	}
	s.firstDay = int64(first) / day
	s.days = int(int64(last)/day-s.firstDay) + 1
	if s.days > maxDays {
		return nil, fmt.Errorf("%s: %d days; the SQL has room for %d", path, s.days, maxDays)
	}
	return s, nil
}

const day = 24 * 3_600_000

func headerOf(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return strings.Split(strings.TrimSuffix(line, "\r"), ","), nil
}

// add notes the places of a batch's numbers.
func (s *survey) add(plan *numbering.Plan, b *cdr.Batch) error {
	for i := range b.Len() {
		for _, p := range []struct {
			n  cdr.Number
			at cdr.Place
		}{{b.Rows[i].Calling, b.Rows[i].CallingPlace}, {b.Rows[i].Called, b.Rows[i].CalledPlace}} {
			if p.n == 0 {
				continue
			}
			if p.n.IsName() || p.n.IsIMSI() || p.n.Len() != digits(p.n.Value()) {
				return fmt.Errorf("%v is not a number without leading zeros; the SQL reads those only", p.n)
			}
			key := placeKey(int64(p.n.Value()))
			at := place{p.at.Area(), p.at.Country(), plan.Toll(p.at.Country()), p.at.Class()}
			if old, ok := s.places[key]; ok && old != at {
				return fmt.Errorf("numbers that begin as %v does are in several places; the SQL looks at all but four digits", p.n)
			}
			s.places[key] = at
		}
	}
	return nil
}

func digits(x uint64) (n int) {
	for ; x > 0; x /= 10 {
		n++
	}
	return max(n, 1)
}

// placeKey is what the place of a number is looked up by: all but its last four digits,
// which tell its length too, or, of a short code, itself.
func placeKey(n int64) int64 {
	if n < 10_000_000 {
		return -n
	}
	return n / 10_000
}

func placeKeySQL(n string) string {
	return fmt.Sprintf("CASE WHEN %s < 10000000 THEN -%[1]s ELSE %[1]s // 10000 END", n)
}

// writePlaces writes the places as a CSV file.
func (s *survey) writePlaces(path string) error {
	var text strings.Builder
	text.WriteString("key,area,country,toll,class\n")
	keys := make([]int64, 0, len(s.places))
	for k := range s.places {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		p := s.places[k]
		fmt.Fprintf(&text, "%d,%d,%d,%d,%d\n", k, p.area, p.country, p.toll, p.class)
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}

// placesTable makes the table that the SQL looks places up in.
func placesTable(path string) string {
	return fmt.Sprintf("CREATE TABLE place AS SELECT * FROM read_csv(%s, header = true, columns = "+
		"{'key': 'BIGINT', 'area': 'UINTEGER', 'country': 'USMALLINT', 'toll': 'USMALLINT', 'class': 'UTINYINT'})", quote(path))
}
