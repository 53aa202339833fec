package engine_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	decodecsv "github.com/cdrstream/cdrstream/engine/decode/csv"
	decodejson "github.com/cdrstream/cdrstream/engine/decode/json"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// The same records, written in another way.

// content is a file taken apart: its header line, if it has one, and its
// records.
type content struct {
	name    string
	json    bool
	header  string
	records []string
}

func take(f oracle.File) content {
	c := content{name: f.Name, json: f.JSON}
	for line := range strings.SplitSeq(string(f.Data), "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case line == "":
		case !f.JSON && c.header == "":
			c.header = line
		default:
			c.records = append(c.records, line)
		}
	}
	return c
}

func (c content) file() oracle.File {
	lines := c.records
	if !c.json {
		lines = append([]string{c.header}, lines...)
	}
	return oracle.File{Name: c.name, JSON: c.json, Data: []byte(strings.Join(lines, "\n") + "\n")}
}

// each changes every file.
func each(files []oracle.File, change func(content) content) []oracle.File {
	var out []oracle.File
	for _, f := range files {
		out = append(out, change(take(f)).file())
	}
	return out
}

// gzipped is every file as two gzip members.
func gzipped(t testing.TB, files []oracle.File) []oracle.File {
	return repack(t, files, func(b *bytes.Buffer, part []byte) error {
		z := gzip.NewWriter(b)
		z.Write(part)
		return z.Close()
	})
}

// zstandard is every file as two zstd frames.
func zstandard(t testing.TB, files []oracle.File) []oracle.File {
	return repack(t, files, func(b *bytes.Buffer, part []byte) error {
		z, err := zstd.NewWriter(b)
		if err != nil {
			return err
		}
		z.Write(part)
		return z.Close()
	})
}

func repack(t testing.TB, files []oracle.File, pack func(*bytes.Buffer, []byte) error) []oracle.File {
	t.Helper()
	var out []oracle.File
	for _, f := range files {
		var b bytes.Buffer
		half := len(f.Data) / 2
		for _, part := range [][]byte{f.Data[:half], f.Data[half:]} {
			if err := pack(&b, part); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, oracle.File{Name: f.Name, JSON: f.JSON, Data: b.Bytes()})
	}
	return out
}

// dealt gives the records of each file to n files, in their order.
func dealt(files []oracle.File, n int, r *rand.Rand) []oracle.File {
	var out []oracle.File
	for _, f := range files {
		c := take(f)
		parts := make([]content, n)
		for i := range parts {
			parts[i] = content{name: fmt.Sprintf("%s.%d", c.name, i), json: c.json, header: c.header}
		}
		for _, rec := range c.records {
			p := &parts[r.IntN(n)]
			p.records = append(p.records, rec)
		}
		for _, p := range parts {
			out = append(out, p.file())
		}
	}
	return out
}

// cut makes n files of each, one after the other in time.
func cut(files []oracle.File, n int) []oracle.File {
	var out []oracle.File
	for _, f := range files {
		c := take(f)
		size := len(c.records)/n + 1
		for i, part := range slices.Collect(slices.Chunk(c.records, size)) {
			out = append(out, content{fmt.Sprintf("%s.%d", c.name, i), c.json, c.header, part}.file())
		}
	}
	return out
}

// times tells the event time of each record; one that has none stands at that
// of the record before it.
func (j job) times(t testing.TB, c content) []cdr.Millis {
	t.Helper()
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := j.source(plan, j.Zone)
	if err != nil {
		t.Fatal(err)
	}
	var d decode.Decoder = decodecsv.Decoder{}
	if c.json {
		d = decodejson.Decoder{}
	}
	data := c.file().Data
	layout, skip, err := d.Open(data, info)
	if err != nil {
		t.Fatal(err)
	}
	var batch cdr.Batch
	var tally decode.Tally
	d.Decode(layout, data[skip:], &batch, &tally)
	out := make([]cdr.Millis, len(c.records))
	at, row := batch.Rows[0].Release, 0
	for i := range out {
		if row < batch.Len() && int(batch.Line[row]) == i {
			at = batch.Rows[row].Release
			row++
		}
		out[i] = at
	}
	return out
}

// shuffled puts the records of each file into another order, none further
// behind than the lateness, some exactly as far.
func (j job) shuffled(t testing.TB, files []oracle.File, r *rand.Rand) []oracle.File {
	return each(files, func(c content) content {
		c.records = j.disturb(c.records, j.times(t, c), r)
		return c
	})
}

func (j job) disturb(records []string, times []cdr.Millis, r *rand.Rand) []string {
	lateness := j.Lateness.Milliseconds()
	order := make([]int, len(records))
	key := make([]int64, len(records))
	for i := range order {
		order[i], key[i] = i, int64(times[i])+[]int64{0, lateness, r.Int64N(lateness + 1), r.Int64N(lateness + 1)}[r.IntN(4)]
	}
	r.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	sort.SliceStable(order, func(a, b int) bool { return key[order[a]] < key[order[b]] })
	var out []string
	for _, i := range order {
		out = append(out, records[i])
	}
	return out
}

// joined is one file of all records, which must share a header, in the order of
// time but for a shuffle within the lateness.
func (j job) joined(t testing.TB, files []oracle.File, r *rand.Rand) []oracle.File {
	all := take(files[0])
	times := j.times(t, all)
	for _, f := range files[1:] {
		c := take(f)
		if c.header != all.header || c.json != all.json {
			t.Fatalf("%s and %s differ in form", f.Name, files[0].Name)
		}
		times = append(times, j.times(t, c)...)
		all.records = append(all.records, c.records...)
	}
	all.records = j.disturb(all.records, times, r)
	return []oracle.File{all.file()}
}

var canonicalColumns = strings.Split("record_id,service,direction,calling_number,called_number,start_time,ring_seconds,duration_seconds,disposition,cause,"+
	"cell_id,imei,imsi,visited_plmn,rat,uplink_bytes,downlink_bytes,charge,trunk_in,trunk_out,forwarded,partial_sequence", ",")

// cells are the values of a record by canonical column; nil where it cannot be
// read at all.
func (c content) cells(record string) []string {
	values := make([]string, len(canonicalColumns))
	if c.json {
		d := json.NewDecoder(strings.NewReader(record))
		d.UseNumber()
		var m map[string]any
		if d.Decode(&m) != nil || m == nil {
			return nil
		}
		if _, err := d.Token(); err != io.EOF {
			return nil
		}
		for i, name := range canonicalColumns {
			switch v := m[name].(type) {
			case nil:
			case map[string]any, []any:
				return nil
			default:
				values[i] = fmt.Sprint(v)
			}
		}
		return values
	}
	header, err := csv.NewReader(strings.NewReader(c.header)).Read()
	if err != nil {
		return nil
	}
	row, err := csv.NewReader(strings.NewReader(record)).Read()
	if err != nil || len(row) != len(header) {
		return nil
	}
	for i, name := range canonicalColumns {
		if k := slices.Index(header, name); k >= 0 {
			values[i] = row[k]
		}
	}
	return values
}

// rewritten is every file with all canonical columns, as CSV or JSON lines.
// Records get ids of their own, the same for the same text: an identity that is
// a hash of the text would change with the writing.
func rewritten(files []oracle.File, asJSON bool) []oracle.File {
	return each(files, func(c content) content {
		out := content{name: c.name, json: asJSON}
		if !asJSON {
			out.header = strings.Join(canonicalColumns, ",")
		}
		for _, rec := range c.records {
			values := c.cells(rec)
			if values == nil {
				out.records = append(out.records, "x")
				continue
			}
			if !strings.Contains(values[0], "-") { // it was not rewritten before
				h := fnv.New64a()
				h.Write([]byte(strings.Join(values, "\x00")))
				values[0] = fmt.Sprintf("%s-%x", values[0], h.Sum64())
			}
			out.records = append(out.records, write(values, asJSON))
		}
		return out
	})
}

func write(values []string, asJSON bool) string {
	if asJSON {
		m := map[string]string{}
		for i, name := range canonicalColumns {
			m[name] = values[i]
		}
		text, err := json.Marshal(m)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(values); err != nil {
		panic(err)
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
