package parquet_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

var end = time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)

// features writes n rows into a file of small row groups. Row i is subscriber
// 49170i, calls i, ratio i/2 unless i is odd, known when i is a multiple of 3.
func features(t testing.TB, n, group int) string {
	t.Helper()
	dir := t.TempDir()
	s, err := parquet.New(dir, feature.Schema{Fields: []feature.Field{
		{Name: "calls_7d", Type: feature.Int64, Sparse: true},
		{Name: "out_ratio_7d", Type: feature.Float64},
		{Name: "known", Type: feature.Bool},
	}}, parquet.Options{RowGroupRows: group})
	if err != nil {
		t.Fatal(err)
	}
	f := &feature.Frame{
		WindowEnd: cdr.Millis(end.UnixMilli()), Date: "2026-03-01", Rows: n, Last: true,
		SubscriberOffsets: []int32{0}, Columns: make([]feature.Column, 3),
	}
	f.Columns[1].Valid = make([]byte, (n+7)/8)
	for i := range n {
		f.SubscriberText = fmt.Appendf(f.SubscriberText, "49170%06d", i)
		f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
		f.Home = append(f.Home, true)
		f.ObservedDays = append(f.ObservedDays, 7)
		f.Approx = append(f.Approx, false)
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(i))
		f.Columns[1].Floats = append(f.Columns[1].Floats, float64(i-i%2)/2)
		f.Columns[2].Bools = append(f.Columns[2].Bools, i%3 == 0)
		if i%2 == 0 {
			f.Columns[1].Valid[i/8] |= 1 << (i % 8)
		} else {
			f.Columns[1].Nulls++
			f.Columns[1].Floats[i] = 0
		}
	}
	ctx := context.Background()
	f.Epoch = 1
	err = s.Write(ctx, f)
	if err == nil {
		_, err = s.Prepare(ctx, 1)
	}
	if err := errors.Join(err, s.Commit(ctx, 1), s.Close()); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "features", "*", "*.parquet"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v %v", names, err)
	}
	return names[0]
}

func TestReader(t *testing.T) {
	const n = 2500 // more than is decoded at a time, over several row groups
	r, err := parquet.OpenReader(features(t, n, 800))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := []string{"subscriber", "window_end", "home", "observed_days", "approx", "calls_7d", "out_ratio_7d", "known"}
	if !reflect.DeepEqual(r.Columns(), want) || r.NumRows() != n {
		t.Fatalf("%d rows of %v", r.NumRows(), r.Columns())
	}
	for _, limit := range []int64{-1, 0, 1, 1024, 1025, n, n + 1} {
		rows := int64(0)
		err := r.Rows(context.Background(), []int{6, 0, 5, 1, 7}, limit, func(row []any) error {
			i := rows
			rows++
			want := []any{nil, fmt.Sprintf("49170%06d", i), i, end, i%3 == 0}
			if i%2 == 0 {
				want[0] = float64(i) / 2
			}
			if !reflect.DeepEqual(row, want) {
				return fmt.Errorf("row %d: %v, want %v", i, row, want)
			}
			return nil
		})
		if expect := min(uint64(limit), n); err != nil || rows != int64(expect) {
			t.Fatalf("limit %d: %d rows, %v", limit, rows, err)
		}
	}
}

func TestReaderStops(t *testing.T) {
	r, err := parquet.OpenReader(features(t, 10, 10))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	enough := errors.New("enough")
	if err := r.Rows(context.Background(), []int{0}, -1, func([]any) error { return enough }); err != enough {
		t.Errorf("the error of yield came back as %v", err)
	}
}

// Whatever the bytes are: rows, or one line that names the file.
func FuzzReader(f *testing.F) {
	good, err := os.ReadFile(features(f, 20, 8))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, uint32(0), byte(0))
	f.Add(good[:len(good)/2], uint32(0), byte(0))
	f.Add([]byte("PAR1PAR1"), uint32(0), byte(0))
	f.Add([]byte{}, uint32(0), byte(0))
	for at := 0; at < len(good); at += 41 {
		f.Add(good, uint32(at), byte(0x55))
	}
	path := filepath.Join(f.TempDir(), "x.parquet")
	f.Fuzz(func(t *testing.T, b []byte, at uint32, flip byte) {
		if len(b) > 0 {
			b[int(at)%len(b)] ^= flip
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		err := readAll(path)
		if err != nil && (!strings.HasPrefix(err.Error(), path) || strings.ContainsAny(err.Error(), "\n")) {
			t.Errorf("not one line about the file: %q", err)
		}
	})
}

func readAll(path string) error {
	r, err := parquet.OpenReader(path)
	if err != nil {
		return err
	}
	defer r.Close()
	var columns []int
	for i := range r.Columns() {
		columns = append(columns, i)
	}
	return r.Rows(context.Background(), columns, 100, func([]any) error { return nil })
}
