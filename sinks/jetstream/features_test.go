package jetstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

var rowSchema = feature.Schema{Fields: []feature.Field{
	{Name: "calls_7d", Unit: "calls", Formula: "calls", Window: "7d"},
	{Name: "ratio_7d", Type: feature.Float64, Unit: "ratio", Window: "7d"},
	{Name: "same_device", Type: feature.Bool},
	{Name: `odd "name"`},
}}

// frameOf makes a frame of rows subscribers, with values of all kinds.
func frameOf(r *rand.Rand, shard int, epoch uint64, rows int) *feature.Frame {
	f := &feature.Frame{Shard: shard, Epoch: epoch, WindowEnd: 1_772_406_000_123, Date: "2026-03-01", Rows: rows, SubscriberOffsets: []int32{0}, Columns: make([]feature.Column, 4)}
	for c := range 3 {
		f.Columns[c].Valid = make([]byte, (rows+7)/8)
	}
	for i := range rows {
		f.SubscriberText = fmt.Appendf(f.SubscriberText, "%d-%d-%06d", shard, epoch, i)
		f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
		f.Home = append(f.Home, r.IntN(2) == 0)
		f.ObservedDays = append(f.ObservedDays, int64(r.IntN(31)))
		f.Approx = append(f.Approx, r.IntN(9) == 0)
		for c := range 3 {
			if valid := r.IntN(3) > 0; valid {
				f.Columns[c].Valid[i/8] |= 1 << (i % 8)
			} else {
				f.Columns[c].Nulls++
			}
		}
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(r.Uint64()>>r.IntN(64)))
		f.Columns[1].Floats = append(f.Columns[1].Floats, []float64{0, 0.1, 1e21, 1e-9, -3, math.MaxFloat64, r.NormFloat64()}[r.IntN(7)])
		f.Columns[2].Bools = append(f.Columns[2].Bools, r.IntN(2) == 0)
		f.Columns[3].Ints = append(f.Columns[3].Ints, math.MaxInt64-int64(i))
	}
	return f
}

func fixed(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

// rowOf is a row as text, exactly.
func rowOf(f *feature.Frame, i int) string {
	text := fixed(string(f.Subscriber(i)), int64(f.WindowEnd), f.Home[i], f.ObservedDays[i], f.Approx[i])
	for c := range f.Columns {
		col := &f.Columns[c]
		switch {
		case len(col.Valid) > 0 && col.Valid[i/8]>>(i%8)&1 == 0:
			text += " null"
		case col.Ints != nil:
			text += fmt.Sprint(" ", col.Ints[i])
		case col.Floats != nil:
			text += fmt.Sprint(" ", math.Float64bits(col.Floats[i]))
		default:
			text += fmt.Sprint(" ", col.Bools[i])
		}
	}
	return text
}

// jsonRow reads a message as another program does.
func jsonRow(t *testing.T, data []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v map[string]any
	must(t, d.Decode(&v))
	end, err := time.Parse(time.RFC3339, v["window_end"].(string))
	must(t, err)
	text := fixed(v["subscriber"], end.UnixMilli(), v["home"], v["observed_days"], v["approx"])
	for _, f := range rowSchema.Fields {
		x, there := v[f.Name]
		if !there {
			t.Fatalf("%s is missing in %s", f.Name, data)
		}
		switch {
		case x == nil:
			text += " null"
		case f.Type == feature.Float64:
			n, err := x.(json.Number).Float64()
			must(t, err)
			text += fmt.Sprint(" ", math.Float64bits(n))
		default:
			text += fmt.Sprint(" ", x)
		}
	}
	return text
}

// arrowRows reads a message for itself.
func arrowRows(t *testing.T, data []byte) (rows []string) {
	t.Helper()
	r, err := ipc.NewReader(bytes.NewReader(data))
	must(t, err)
	defer r.Release()
	if unit, _ := r.Schema().Field(5).Metadata.GetValue("unit"); unit != "calls" {
		t.Fatal(r.Schema())
	}
	if v, _ := r.Schema().Metadata().GetValue("engine"); v != "test" {
		t.Fatal(r.Schema())
	}
	for r.Next() {
		rec := r.Record()
		for i := range int(rec.NumRows()) {
			text := fixed(rec.Column(0).(*array.String).Value(i), int64(rec.Column(1).(*array.Timestamp).Value(i)), rec.Column(2).(*array.Boolean).Value(i), rec.Column(3).(*array.Int64).Value(i), rec.Column(4).(*array.Boolean).Value(i))
			for c := 5; c < int(rec.NumCols()); c++ {
				text += " " + cell(rec.Column(c), i)
			}
			rows = append(rows, text)
		}
	}
	must(t, r.Err())
	return rows
}

func cell(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "null"
	}
	switch a := a.(type) {
	case *array.Int64:
		return fmt.Sprint(a.Value(i))
	case *array.Float64:
		return fmt.Sprint(math.Float64bits(a.Value(i)))
	}
	return fmt.Sprint(a.(*array.Boolean).Value(i))
}

// Several shards write at the same time, some of them ahead by an epoch; every row is
// published once, as it was, in the order of epochs and, of one shard, as it was
// written.
func TestFeatures(t *testing.T) {
	for _, encoding := range []Encoding{JSON, Arrow} {
		t.Run(string(encoding), func(t *testing.T) {
			srv := natstest.Run(t, nil)
			js := srv.JetStream()
			s, err := NewFeatures("out", js, rowSchema, Options{
				Subject: "rows", Encoding: encoding, Rows: 100, Metadata: map[string]string{"engine": "test"}, Disk: disktest.New(), Create: &Create{Stream: "S"},
			})
			must(t, err)
			must(t, s.Recover(ctx, 0, nil))
			const shards, last, rows = 3, 3, 434
			want := map[string][]string{} // by shard and epoch
			var mu sync.Mutex
			write := func(shard int, epoch uint64) {
				r := rand.New(rand.NewPCG(uint64(shard), epoch))
				for range 2 {
					f := frameOf(r, shard, epoch, rows)
					mu.Lock()
					for i := range rows {
						key := fmt.Sprint(shard, epoch)
						want[key] = append(want[key], rowOf(f, i))
					}
					mu.Unlock()
					if err := s.Write(ctx, f); err != nil {
						t.Error(err)
					}
				}
			}
			for shard := range shards {
				write(shard, 1)
			}
			for e := uint64(1); e <= last; e++ {
				var wg sync.WaitGroup
				for shard := range shards {
					wg.Add(1)
					go func() {
						defer wg.Done()
						if e < last {
							write(shard, e+1)
						}
					}()
				}
				_, err := s.Prepare(ctx, e)
				must(t, err)
				must(t, s.Commit(ctx, e))
				wg.Wait()
			}
			wait(t, func() string { return fmt.Sprint(s.Pending()) }, func() bool { return s.Pending().Segments == 0 })
			must(t, s.Close())
			got, epoch := map[string][]string{}, ""
			for _, m := range stream(t, js) {
				if m.Subject() != "rows" {
					continue
				}
				all := []string(nil)
				if encoding == JSON {
					all = append(all, jsonRow(t, m.Data()))
				} else {
					all = arrowRows(t, m.Data())
				}
				for _, row := range all {
					part := strings.Split(row, "-")
					if part[1] < epoch {
						t.Fatalf("a row of epoch %s comes after one of %s", part[1], epoch)
					}
					epoch = part[1]
					got[part[0]+" "+part[1]] = append(got[part[0]+" "+part[1]], row)
				}
			}
			for key, rows := range want {
				for i := range min(len(rows), len(got[key])) {
					if got[key][i] != rows[i] {
						t.Fatalf("shard and epoch %s: row %d is %s, want %s", key, i, got[key][i], rows[i])
					}
				}
				if len(got[key]) != len(rows) {
					t.Fatalf("shard and epoch %s: %d rows, want %d", key, len(got[key]), len(rows))
				}
			}
			if len(got) != len(want) {
				t.Fatal(len(got), len(want))
			}
		})
	}
}

// A message that would be too long becomes several.
func TestArrowSplits(t *testing.T) {
	for _, c := range []struct{ rows, size, server, atLeast int }{
		{256, 1 << 20, 0, 1}, {256, 3000, 0, 3}, {256, 1, 0, 256}, {256, 1 << 20, 4000, 3}, {7, 6000, 0, 37},
	} {
		o := Options{Subject: "x", Encoding: Arrow, Rows: c.rows, MaxMessage: c.size, Metadata: map[string]string{"engine": "test"}}
		must(t, o.complete())
		e, err := newArrows(rowSchema, o, func() int { return c.server })
		must(t, err)
		f := frameOf(rand.New(rand.NewPCG(1, 2)), 1, 1, 256)
		var p part
		must(t, e.encode(&p, f, func(*part) error { return nil }))
		p.seal()
		all, err := messagesOf(p.data, p.messages)
		must(t, err)
		var rows []string
		for _, m := range all {
			some := arrowRows(t, m)
			if len(m) > c.size && len(some) > 1 || len(some) > c.rows {
				t.Fatalf("%+v: %d rows, %d bytes", c, len(some), len(m))
			}
			rows = append(rows, some...)
		}
		for i, row := range rows {
			if row != rowOf(f, i) {
				t.Fatalf("row %d is %s, want %s", i, row, rowOf(f, i))
			}
		}
		if len(rows) != 256 || p.rows != 256 || len(all) < c.atLeast {
			t.Fatalf("%+v: %d rows in %d messages", c, len(rows), len(all))
		}
	}
}

// What a row looks like.
func TestRow(t *testing.T) {
	f := frameOf(rand.New(rand.NewPCG(1, 2)), 1, 1, 1)
	f.SubscriberText, f.SubscriberOffsets = []byte("a\"b\xff\xffé<"), []int32{0, 8}
	f.Columns[0].Ints[0], f.Columns[0].Valid[0] = math.MinInt64, 1
	f.Columns[1].Valid[0] = 0
	f.Columns[2].Bools[0], f.Columns[2].Valid = true, nil
	f.Home[0], f.ObservedDays[0], f.Approx[0] = true, 30, false
	r := newRows(rowSchema)
	var p part
	must(t, r.encode(&p, f, func(*part) error { return nil }))
	p.seal()
	all, err := messagesOf(p.data, 1)
	must(t, err)
	want := `{"subscriber":"a\"b` + "\uFFFD" + `é<","window_end":"2026-03-01T23:00:00.123Z","home":true,"observed_days":30,"approx":false,` +
		`"calls_7d":-9223372036854775808,"ratio_7d":null,"same_device":true,"odd \"name\"":9223372036854775807}`
	if string(all[0]) != want || p.rows != 1 {
		t.Fatalf("%s\nwant\n%s", all[0], want)
	}
	f.Columns = f.Columns[:3]
	if err := r.encode(&p, f, nil); err == nil {
		t.Fatal("a frame with too few columns")
	}
}
