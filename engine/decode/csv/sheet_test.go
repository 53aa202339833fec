package csv

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// oneByOne is Decode of every line by itself, cut and read the slow way: no marks, no
// sheets, no columns.
func oneByOne(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	clock := y.rules.Clock()
	w := decode.NewWriter(y.rules, out, t)
	lines := decode.NewLines(block)
	for lines.Next() {
		row := decode.Row{Has: y.has}
		problem := y.split(lines.At.Text, &row, w.Scratch())
		if problem == "" {
			problem = row.Read(&clock)
		}
		if problem != "" {
			w.Reject(lines.At, problem)
			continue
		}
		w.Append(&row, lines.At)
	}
	w.Close(lines.Count())
}

// TestSheetsAgainstRows decodes blocks of records, as they come and with bytes changed,
// and compares everything with what the same lines give one by one.
func TestSheetsAgainstRows(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var kept decode.Tally
	rows := 0
	for round := range 200 {
		s := randomSource(t, r)
		columns, separator := dense, []string{",", ";", "\t", "|"}[r.IntN(4)]
		if r.IntN(3) == 0 {
			columns = fewer(r, dense)
		}
		head := strings.Join(columns, separator) + "\n"
		l, _ := decodetest.Open(t, Decoder{}, []byte(head), s)
		block := randomBlock(r, columns, separator, r.IntN(400), r.IntN(3))
		var got, want cdr.Batch
		var wanted decode.Tally
		kept.Reset() // but for what the decoder keeps from block to block
		Decoder{}.Decode(l, block, &got, &kept)
		oneByOne(l, block, &want, &wanted)
		checkHashes(t, seed, &got, block, s.Lateness)
		rows += got.Len()
		tally := kept
		tally.Scratch = nil
		if len(tally.Rejects) == 0 {
			tally.Rejects = nil
		}
		for i, reject := range wanted.Rejects {
			if i >= len(tally.Rejects) || tally.Rejects[i] != reject {
				t.Fatalf("seed %d, round %d: %q is not rejected as %+v", seed, round, reject.Raw.Of(block), reject)
			}
		}
		if !reflect.DeepEqual(tally, wanted) {
			t.Fatalf("seed %d, round %d: tally\n%+v, want\n%+v", seed, round, tally, wanted)
		}
		if a, b := decodetest.Records(&got), decodetest.Records(&want); !reflect.DeepEqual(a, b) {
			for i := range a {
				if i >= len(b) || !reflect.DeepEqual(a[i], b[i]) {
					t.Fatalf("seed %d, round %d: row %d, %q:\n%+v, want\n%+v", seed, round, i, got.Raw[i].Of(block), a[i], b[min(i, len(b)-1)])
				}
			}
			t.Fatalf("seed %d, round %d: %d rows, want %d", seed, round, len(a), len(b))
		}
		if !slices.Equal(got.HighWater, want.HighWater) {
			t.Fatalf("seed %d, round %d: the high waters differ", seed, round)
		}
	}
	if rows < 10_000 {
		t.Errorf("seed %d: only %d rows", seed, rows)
	}
}

// checkHashes checks that no row lacks the hash of its text that may be asked for it when
// the block is gone, and that the others can be hashed.
func checkHashes(t *testing.T, seed uint64, b *cdr.Batch, block []byte, lateness cdr.Millis) {
	t.Helper()
	n := b.Len()
	for i, h := range b.RawHash {
		want := cdr.Hash(b.Raw[i].Of(block))
		if h != want && (h != 0 || lateness == 0 || b.HighWater[0] >= b.HighWater[n-1]-lateness-999) {
			t.Fatalf("seed %d: row %d of %d: hash %x, want %x", seed, i, n, h, want)
		}
	}
	b.Block = block
}

// dense are columns as a large operator's records have them.
var dense = []string{"record_id", "service", "direction", "calling_number", "called_number", "start_time", "ring_seconds", "duration_seconds",
	"disposition", "cause", "cell_id", "visited_plmn", "rat", "uplink_bytes", "downlink_bytes", "charge", "forwarded", "partial_sequence", "imsi", "imei", "remark"}

// fewer leaves some columns out and shuffles the others.
func fewer(r *rand.Rand, columns []string) (some []string) {
	for _, c := range columns {
		if c == "start_time" || c == "calling_number" || r.IntN(3) > 0 {
			some = append(some, c)
		}
	}
	r.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	return some
}

func randomSource(t *testing.T, r *rand.Rand) *decode.Source {
	t.Helper()
	one := func(n int) bool { return r.IntN(n) == 0 }
	var options numbering.Options
	if one(4) {
		options = numbering.Options{Home: []string{"33", "4420"}, Hotlist: []string{"+3361*"}, Areas: map[string]string{"3320": "x"}}
	}
	plan, err := numbering.New(options)
	if err != nil {
		t.Fatal(err)
	}
	var rules numbering.Source
	if one(8) {
		rules.NullNumbers = []string{"+33600000000", "anonymous"}
	}
	if one(4) {
		rules.Country = "FR"
	}
	s := decodetest.Source(t)
	if s.Numbers, err = plan.Normalizer(rules); err != nil {
		t.Fatal(err)
	}
	s.KeepIDs, s.KeepUnused, s.EventStart, s.Attempts = one(2), one(4), one(4), one(2)
	if s.Originating = !one(4); s.Originating {
		s.Terminating = !one(4)
	}
	if one(4) {
		s.Latest = decode.NewLimit(cdr.Millis(randomStart.Add(20 * time.Hour).UnixMilli()))
	}
	if one(2) {
		s.Lateness = cdr.Millis(1 + r.IntN(7_200_000))
	}
	if one(4) {
		s.Regions = map[string]string{"20801-1001-10001": "north", "cell 7": "south"}
	}
	if one(3) {
		s.DropCauses = []uint16{0, 1, 16, 127, 300}
	}
	if one(3) {
		s.Zone = time.FixedZone("", 5400)
	}
	return s
}

var randomStart = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// randomBlock is n records. Of kind 0 they are as they come, of kind 1 a few have odd
// values, of kind 2 bytes are changed in some, too.
func randomBlock(r *rand.Rand, columns []string, separator string, n, kind int) (block []byte) {
	end := []string{"\n", "\n", "\n", "\r\n"}[r.IntN(4)]
	at := randomStart
	for i := range n {
		at = at.Add(time.Duration(r.IntN(300_000)) * time.Millisecond)
		values := denseRecord(r, i, at)
		if kind > 0 && r.IntN(10) == 0 {
			c := columns[r.IntN(len(columns))]
			odd := append([]string{"", "x", "0.5", "-1", "12345678", "123456789", "1234567890123456", "5.", ".5", ".", "1e3", "00000012.5"}, denseOdd[c]...)
			values[c] = odd[r.IntN(len(odd))]
		}
		var line []byte
		for j, c := range columns {
			if j > 0 {
				line = append(line, separator...)
			}
			line = append(line, values[c]...)
		}
		if kind == 2 && r.IntN(8) == 0 && len(line) > 0 {
			line = mutated(r, line)
		}
		block = append(append(block, line...), end...)
	}
	if r.IntN(3) == 0 {
		block = bytes.TrimRight(block, "\r\n")
	}
	return block
}

var denseOdd = map[string][]string{
	"record_id":        {`"a""b"`, "a-very-long-identifier-of-a-record-that-takes-more-than-32-bytes"},
	"service":          {"VOICE", "voices", "mms\x00", "mmsmmsmmsmmsmmsmms"},
	"direction":        {"Both", "originatxng", "originatingx", "none"},
	"disposition":      {"Answered", "no_answex", "answeredx"},
	"rat":              {"4G", "6g", "2g\x00"},
	"calling_number":   {"anonymous", "bob", "sip:bob@x", "112", "0612345678", "+3361234567890123", "+336123456789012", "+3361234", "+33612x45678", "+", "+33600000000", "0033612345678"},
	"called_number":    {"anonymous", "bob", "3900", "+9991234567", "+1264", "+39061234567", "+541151234567", "+590590123456"},
	"start_time":       {"2026-01-05 09:00:00", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.1234Z", "2026-01-05T24:00:00.000Z", "2026-01-05T09:00:00.000z", "2026-01-05T09:60:00.000Z", "2026-01-05T09:00:60.000Z", "2026-01-06T09:00:00.000Z", "1767600000", "1767600000123", "2026-01-05T09:00:0/.000Z", "2026-01-05T09:00:00.0:0Z", "2026-02-30T09:00:00.000Z"},
	"ring_seconds":     {"1.2345", "4294967", "4294968", "4294967.1"},
	"duration_seconds": {"90000", "86400", "1/2", "1.2.3", "99999.99"},
	"charge":           {"0.0000019", "1.234567", "12.3456789", "1000000001", "9/9"},
	"cause":            {"65535", "65536", "127", "102", "38", "300"},
	"cell_id":          {"cell 7", "20801-1-1", "20801-1001-10001-1", "2080x-1001-10001", "20801--10001", "20801-1001-", "208011001-10001", "20801-10011-100011", "-1001-10001", "20801-1001"},
	"visited_plmn":     {"2080", "2080112", "20801x", "310410"},
	"imsi":             {"23415000000000x", "234150000000001"},
	"imei":             {"35209900176148", "352099001761481F", "A1"},
	"uplink_bytes":     {"1125899906842624", "1125899906842625"},
	"downlink_bytes":   {"16.0", "16.5"},
	"forwarded":        {"true", "No", "maybe"},
	"partial_sequence": {"2", "4294967295", "4294967296"},
	"remark":           {"plain", " x", "x ", `"`, "\xff"},
}

func denseRecord(r *rand.Rand, i int, at time.Time) map[string]string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	v := map[string]string{
		"record_id": fmt.Sprintf("1-%s", fmt.Sprint(r.Int64N(1<<(1+r.IntN(40))))), "service": pick("sms", "voice", "data"),
		"direction":      pick("both", "originating", "terminating", ""),
		"calling_number": fmt.Sprintf("+336%08d", r.IntN(1e8)), "called_number": pick("", fmt.Sprintf("+33%09d", r.IntN(1e9)), fmt.Sprintf("+44207%07d", r.IntN(1e7)), "38063", fmt.Sprintf("+1%010d", r.Int64N(1e10))),
		"start_time": at.Format("2006-01-02T15:04:05.000Z"), "disposition": pick("answered", "no_answer", "busy", "failed", ""),
		"cell_id": fmt.Sprintf("20801-10%02d-%d", r.IntN(40), 10000+r.IntN(3)), "rat": pick("2g", "3g", "4g", "5g", "wifi"),
		"charge": pick("", "0", "0.06", "1.5", "12"), "visited_plmn": pick("", "", "", "22801"), "imsi": pick("", fmt.Sprintf("20801%010d", r.Int64N(1e10))),
	}
	switch v["service"] {
	case "voice":
		v["ring_seconds"], v["duration_seconds"] = fmt.Sprintf("%.1f", r.Float64()*20), pick("0", "19", fmt.Sprintf("%.*f", r.IntN(4), r.Float64()*600))
		v["cause"] = pick("0", "1", "16", "17", "38", "127", "300")
	case "data":
		v["uplink_bytes"], v["downlink_bytes"] = fmt.Sprint(r.IntN(1e6)), fmt.Sprint(r.Int64N(1<<(1+r.IntN(40))))
	}
	if i%50 == 0 {
		v["calling_number"] = ""
	}
	return v
}

// mutated changes, adds or takes away a few bytes of a line.
func mutated(r *rand.Rand, line []byte) []byte {
	const bytes = "\n\r,;\t| \"\x00\xff09+-.:Zax"
	for range 1 + r.IntN(3) {
		i, c := r.IntN(len(line)), bytes[r.IntN(len(bytes))]
		switch r.IntN(3) {
		case 0:
			line[i] = c
		case 1:
			line = append(line[:i], append([]byte{c}, line[i:]...)...)
		case 2:
			if len(line) > 1 {
				line = append(line[:i], line[i+1:]...)
			}
		}
	}
	return line
}
