package csv

import (
	stdcsv "encoding/csv"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// oracle reads one record the slow way, with encoding/csv and maps, straight
// from the words of the specification. It shares no code with the decoder but
// the number rules and the hash. Verdict is "row", "filtered" or "rejected".
func oracle(s *decode.Source, columns []string, line string) (r cdr.Record, verdict string) {
	cells, err := stdcsv.NewReader(strings.NewReader(line)).Read()
	if err != nil || len(cells) != len(columns) {
		return r, "rejected"
	}
	has, v := map[string]bool{}, map[string]string{}
	for i, c := range columns {
		has[c], v[c] = true, strings.Trim(cells[i], " \t")
	}
	o := oracleRow{s: s, has: has, v: v}
	defer func() {
		if e := recover(); e != nil {
			if e != errOracle {
				panic(e)
			}
			verdict = "rejected"
		}
	}()
	return o.record(line)
}

var errOracle = fmt.Errorf("rejected")

type oracleRow struct {
	s   *decode.Source
	has map[string]bool
	v   map[string]string
}

func (o *oracleRow) enum(column string, words ...string) int {
	for i, w := range words {
		if strings.EqualFold(o.v[column], w) {
			return i
		}
	}
	panic(errOracle)
}

// number reads a decimal times factor, cut.
func (o *oracleRow) number(column string, factor int64, low, high int64) int64 {
	if o.v[column] == "" {
		return 0
	}
	x, ok := new(big.Rat).SetString(o.v[column])
	if !ok {
		panic(errOracle)
	}
	x.Mul(x, new(big.Rat).SetInt64(factor))
	n := new(big.Int).Quo(x.Num(), x.Denom())
	if !n.IsInt64() || n.Int64() < low || n.Int64() > high || factor == 1 && !x.IsInt() {
		panic(errOracle)
	}
	return n.Int64()
}

func (o *oracleRow) time() (cdr.Millis, int16) {
	text := o.v["start_time"]
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		_, offset := t.Zone()
		return cdr.Millis(t.UnixMilli()), int16(offset / 60)
	}
	if t, err := time.ParseInLocation("2006-01-02 15:04:05", text, o.s.Zone); err == nil {
		return cdr.Millis(t.UnixMilli()), cdr.NoOffset
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x < 0 {
		panic(errOracle)
	}
	ms := o.number("start_time", 1000, 0, 1<<62)
	if x >= 1e11 {
		ms /= 1000
	}
	return cdr.Millis(ms), cdr.NoOffset
}

func (o *oracleRow) party(column string) (cdr.Number, cdr.Place, []byte) {
	n, place, name := o.s.Numbers.Party(nil, []byte(o.v[column]), false)
	if !n.IsName() {
		name = nil
	}
	return n, place, name
}

func (o *oracleRow) record(line string) (r cdr.Record, verdict string) {
	service := []cdr.Service{cdr.Voice, cdr.Voice, cdr.SMS, cdr.MMS, cdr.Data}[o.enum("service", "", "voice", "sms", "mms", "data")]
	direction := []string{"", "both", "originating", "terminating", "none"}[o.enum("direction", "", "both", "originating", "terminating", "none")]
	if direction == "" {
		direction = map[bool]string{true: "originating", false: "both"}[service == cdr.Data]
	}
	rat := cdr.RAT(o.enum("rat", "", "2g", "3g", "4g", "5g", "wifi"))
	outcome := cdr.Outcome(o.enum("disposition", "", "answered", "no_answer", "busy", "failed"))
	r.Start, r.Offset = o.time()
	r.RingMS, r.TalkMS = uint32(o.number("ring_seconds", 1000, 0, 4294967000)), uint32(o.number("duration_seconds", 1000, 0, 4294967000))
	ring := cdr.Millis(r.RingMS)
	if o.v["ring_seconds"] == "" {
		r.RingMS = cdr.RingUnknown
	}
	if !o.has["disposition"] {
		outcome = map[bool]cdr.Outcome{true: cdr.Answered, false: cdr.NoAnswer}[r.TalkMS > 0]
	}
	r.Cause = uint16(o.number("cause", 1, 0, 65535))
	r.Up, r.Down = uint64(o.number("uplink_bytes", 1, 0, 1<<50)), uint64(o.number("downlink_bytes", 1, 0, 1<<50))
	r.Charge = o.number("charge", 1e6, 0, 1e15)
	partial := o.number("partial_sequence", 1, 0, 1<<32-1)
	forwarded := o.enum("forwarded", "", "false", "no", "0", "true", "yes", "1") > 3
	plmn, imsi := o.v["visited_plmn"], o.v["imsi"]
	if _, err := strconv.ParseUint(plmn, 10, 64); plmn != "" && (err != nil || len(plmn) < 5 || len(plmn) > 6) {
		panic(errOracle)
	}
	r.Calling, r.CallingPlace, r.CallingName = o.party("calling_number")
	r.Called, r.CalledPlace, r.CalledName = o.party("called_number")
	served := &r.Calling
	if direction == "terminating" {
		served = &r.Called
	}
	if *served == 0 {
		*served = cdr.IMSI([]byte(imsi))
	}
	if r.Calling == 0 && r.Called == 0 {
		panic(errOracle)
	}
	out := direction == "originating" || direction == "both"
	in := direction == "terminating" || direction == "both" && service != cdr.Data
	out, in = out && o.s.Originating, in && o.s.Terminating
	if !out && !in {
		return r, "filtered"
	}
	out, in = out && r.Calling != 0, in && r.Called != 0
	r.Release = r.Start
	talk := cdr.Millis(r.TalkMS)
	switch {
	case service == cdr.Data:
		r.Release += talk
	case service != cdr.Voice:
	case outcome == cdr.Answered || outcome == cdr.OutcomeUnknown:
		r.Release += ring + talk
	case ring > talk:
		r.Release += ring
	default:
		r.Release += talk
	}
	r.Flags = r.Flags.With(service, outcome, rat)
	mark := func(on bool, f cdr.Flags) {
		if on {
			r.Flags |= f
		}
	}
	mark(out, cdr.Originating)
	mark(in, cdr.Terminating)
	mark(direction == "terminating", cdr.ServedCalled)
	mark(forwarded, cdr.Forwarded)
	mark(partial > 1, cdr.Slice)
	mark(o.s.Attempts, cdr.AttemptsReported)
	home, homeIMSI := false, false
	for _, h := range o.s.HomePLMNs {
		home = home || h == plmn
		homeIMSI = homeIMSI || strings.HasPrefix(imsi, h)
	}
	mark(plmn != "" && !home && !strings.HasPrefix(imsi, plmn), cdr.Roams)
	mark(homeIMSI, cdr.ServedHome)
	for _, c := range o.s.DropCauses {
		mark(r.Cause == c, cdr.DropCause)
	}
	if plmn != "" {
		n, _ := strconv.Atoi(plmn[:3])
		r.VisitedMCC = uint16(n)
	}
	o.identities(&r, direction, partial, line)
	return r, "row"
}

func (o *oracleRow) identities(r *cdr.Record, direction string, partial int64, line string) {
	hash := func(s string) uint64 {
		if s == "" {
			return 0
		}
		return cdr.Hash([]byte(s))
	}
	pack := func(s string) uint64 {
		if s == "" {
			return 0
		}
		if n := cdr.Digits([]byte(s)); n != 0 {
			return uint64(n)
		}
		return hash(s) | 1<<63
	}
	r.RawHash = hash(line)
	r.Identity = r.RawHash
	if id := o.v["record_id"]; id != "" {
		d := map[string]uint64{"both": 1, "originating": 2, "terminating": 3}[direction]
		r.Identity = cdr.Mix(hash(id) + d<<32 + uint64(partial))
	}
	r.Cell = hash(o.v["cell_id"])
	if p := strings.Split(o.v["cell_id"], "-"); len(p) == 3 && p[0] != "" && p[1] != "" && p[2] != "" && strings.Trim(p[0], "0123456789") == "" {
		r.Region = hash(p[0] + "-" + p[1])
	}
	r.IMSI, r.IMEI = pack(o.v["imsi"]), pack(o.v["imei"])
	if imei := o.v["imei"]; len(imei) > 14 && strings.Trim(imei[:14], "0123456789") == "" {
		r.IMEI = pack(imei[:14])
	}
}

// values are things that each column is tried with.
var values = map[string][]string{
	"record_id":        {"", "id-1", "r17", `say "hi", twice`, " padded "},
	"service":          {"", "", "voice", "sms", "MMS", "data", "Data", "fax"},
	"direction":        {"", "", "both", "originating", "Terminating", "none", "sideways"},
	"calling_number":   {"", "+442079460000", "00442079460001", "anonymous", "bob", "sip:alice@example.org", "112", "+1 (212) 555-0100"},
	"called_number":    {"", "+12125550100", "442079460002", "-", "carol,jr", "0", "+881612345678"},
	"start_time":       {"2024-03-01T08:00:00Z", "2024-03-01T08:00:00.123456+02:00", "2024-06-01 08:00:00", "2024-06-01 08:00:00.5", "1709280000", "1709280000.25", "1709280000123", "", "2024-02-30T00:00:00Z", "now"},
	"ring_seconds":     {"", "0", "3", "12.75", "4294967", "-1", "x"},
	"duration_seconds": {"", "0", "61", "599.9999", "0.0001", "1e2", "4294968"},
	"disposition":      {"", "answered", "ANSWERED", "no_answer", "busy", "failed", "maybe"},
	"cause":            {"", "16", "38", "0", "65535", "70000", "16.5"},
	"cell_id":          {"", "23415-12-3456", "cell 7", "23415--1", "1-2-3-4"},
	"imei":             {"", "352099001761481", "35209900176148", "123", "35209900176148F", "A1"},
	"imsi":             {"", "", "234150000000001", "310410123456789", "208011234567890", "x1"},
	"visited_plmn":     {"", "", "23415", "20801", "310410", "123", "20801x"},
	"rat":              {"", "2g", "4G", "wifi", "6g"},
	"uplink_bytes":     {"", "0", "123456789", "9223372036854775807", "9223372036854775808", "-5"},
	"downlink_bytes":   {"", "77", "1.0"},
	"charge":           {"", "0.015", "12", "-3.5", "0.0000019", "1000000001"},
	"trunk_in":         {"", "T1"},
	"forwarded":        {"", "true", "No", "1", "maybe"},
	"partial_sequence": {"", "0", "1", "2", "x"},
	"remark":           {"", `"`, "a,b", "plain", "\x00\xff"},
}

// TestAgainstOracle decodes random records under random headers.
func TestAgainstOracle(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for range 400 {
		s := decodetest.Source(t)
		s.Zone, s.Originating, s.Attempts = zone, r.IntN(4) > 0, r.IntN(2) > 0
		s.Terminating = !s.Originating || r.IntN(4) > 0
		columns := randomColumns(r)
		l, _ := decodetest.Open(t, Decoder{}, []byte(strings.Join(columns, ",")+"\n"), s)
		var block []byte
		var lines []string
		for range 40 {
			lines = append(lines, randomLine(r, columns))
			block = append(append(block, lines[len(lines)-1]...), '\n')
		}
		decodetest.Check(t, Decoder{}, l, block)
		compare(t, s, l, columns, lines, block, seen, seed)
	}
	for _, verdict := range []string{"row", "filtered", "rejected"} {
		if seen[verdict] < 100 {
			t.Errorf("seed %d: only %d records were of the kind %q", seed, seen[verdict], verdict)
		}
	}
}

func compare(t *testing.T, s *decode.Source, l decode.Layout, columns, lines []string, block []byte, seen map[string]int, seed uint64) {
	t.Helper()
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, block, &b, &tally)
	records, rejects := decodetest.Records(&b), tally.Rejects
	off := 0
	for i, line := range lines {
		want, verdict := oracle(s, columns, line)
		want.Raw, want.Line = cdr.Span{Off: uint32(off), Len: uint32(len(line))}, uint32(i)
		seen[verdict]++
		off += len(line) + 1
		got := "filtered"
		if len(records) > 0 && records[0].Line == uint32(i) {
			got = "row"
			if verdict == "row" && fmt.Sprint(records[0]) != fmt.Sprint(want) {
				t.Fatalf("seed %d: %s\n%s\ngot  %+v\nwant %+v", seed, columns, line, records[0], want)
			}
			records = records[1:]
		} else if len(rejects) > 0 && rejects[0].Line == uint32(i) {
			got = "rejected"
			rejects = rejects[1:]
		}
		if got != verdict {
			t.Fatalf("seed %d: %s\n%s\n%s, want %s; rejects %v", seed, columns, line, got, verdict, tally.Rejects)
		}
	}
}

func randomColumns(r *rand.Rand) []string {
	columns := []string{"start_time", "calling_number"}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "start_time" && name != "calling_number" {
			columns = append(columns, name)
		}
	}
	rest := columns[2:]
	r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	columns = columns[:2+r.IntN(len(columns)-1)]
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	return columns
}

// randomLine takes mostly good values: the last of each column are bad.
func randomLine(r *rand.Rand, columns []string) string {
	var cells []string
	for _, c := range columns {
		v := values[c][r.IntN(len(values[c]))]
		if r.IntN(12) > 0 {
			v = values[c][r.IntN((len(values[c])+1)/2)]
		}
		if strings.ContainsAny(v, `",`) || r.IntN(20) == 0 {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		cells = append(cells, v)
	}
	return strings.Join(cells, ",")
}
