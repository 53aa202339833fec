package ts32298

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

const csSample = "3gpp_cs/cs_rel16_raw_concat"

// golden is a line of what the sample's own decoder says.
type golden struct {
	A, B, IMSI string
	Seizure    *time.Time `json:"utc_seizure"`
	Answer     *time.Time `json:"utc_answer"`
	Release    *time.Time `json:"utc_release"`
	Off        int16
	Dur        uint32
	Answered   bool
	Cause      int
	Diag       uint16
	Seq        uint32
	SMS        bool
	CallRef    string
	Kind       string
	Len        int
}

// TestGoldenCS compares every field of 300 records that another encoder made.
func TestGoldenCS(t *testing.T) {
	file, lines := decodetest.Sample(t, csSample+".ber"), decodetest.Sample(t, csSample+".golden.jsonl")
	if m := (Decoder{}).Detect(file); m.Score < 90 || m.Why != "300 records of TS 32.298, the first moCall" {
		t.Errorf("%+v", m)
	}
	l, skip := decodetest.Open(t, Decoder{}, file, decodetest.Source(t))
	if skip != 0 {
		t.Fatalf("%d bytes skipped", skip)
	}
	decodetest.Check(t, Decoder{}, l, file)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, file, &b, &tally)
	if len(tally.Rejects) > 0 || tally.Read != 300 || tally.Filtered != 30 || decodetest.OwnNotes(&tally) != [decode.Notes]int64{} {
		t.Fatalf("%d read, %d filtered, notes %v, %d rejects", tally.Read, tally.Filtered, tally.Notes, len(tally.Rejects))
	}
	rows := decodetest.Records(&b)
	scan := bufio.NewScanner(bytes.NewReader(lines))
	frames := decode.NewFrames(Decoder{}.Framing(l), file)
	for scan.Scan() && frames.Next() {
		var want golden
		if err := json.Unmarshal(scan.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		var row decode.Row
		if problem := (Decoder{}).ReadRow(l, frames.At.Text, &row); problem != "" {
			t.Fatalf("%s: %s", scan.Bytes(), problem)
		}
		compareGolden(t, &want, &row, frames.At.Text)
		if want.Kind != "outGatewayRecord" { // of which no leg is folded
			compareBatch(t, &want, &rows[0])
			rows = rows[1:]
		}
	}
	if len(rows) > 0 {
		t.Errorf("%d rows too many", len(rows))
	}
}

// compareGolden compares what is read of a record. The sample has the served number as
// a; where it writes a national number, that is 0 and the digits behind the second.
func compareGolden(t *testing.T, want *golden, row *decode.Row, raw []byte) {
	t.Helper()
	check := func(name string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("record %x: %s %v, want %v", raw, name, got, want)
		}
	}
	a, b := decode.CallingNumber, decode.CalledNumber
	d := decode.Originating
	switch want.Kind {
	case "mtCallRecord":
		a, b, d = b, a, decode.Terminating
	case "outGatewayRecord":
		d = decode.NoLegs
	default:
		check("IMSI", string(row.Text(decode.IMSI)), want.IMSI)
	}
	check("a", string(row.Text(a)), "+"+want.A)
	if got := string(row.Text(b)); got != "+"+want.B {
		check("b", got, "0"+want.B[2:])
	}
	check("kind", csNames[want.Kind], kindOf(raw))
	check("length", len(raw), want.Len)
	check("direction", row.Direction, d)
	check("offset", row.Offset, want.Off)
	check("partial", row.Partial, want.Seq)
	start := want.Seizure
	if want.Seq > 1 { // a slice that has no seizure starts where the one before ended
		start = want.Answer
	}
	check("start", int64(row.Start), start.UnixMilli())
	if want.SMS {
		check("service", row.Service, cdr.SMS)
		check("outcome", row.Outcome, cdr.Answered)
		return
	}
	check("service", row.Service, cdr.Voice)
	check("cause", row.Cause, want.Diag)
	check("answered", row.Outcome == cdr.Answered, want.Answered)
	if !want.Answered {
		check("ring", row.RingMS, want.Dur*1000)
		check("talk", row.TalkMS, uint32(0))
		check("outcome", row.Outcome, decode.OutcomeOfQ850(want.Diag))
		return
	}
	check("talk", row.TalkMS, want.Dur*1000)
	answer := int64(row.Start)
	if row.RingMS != cdr.RingUnknown {
		answer += int64(row.RingMS)
	}
	check("answer", answer, want.Answer.UnixMilli())
}

// compareBatch compares what is left of a record in a batch.
func compareBatch(t *testing.T, want *golden, r *cdr.Record) {
	t.Helper()
	if want.Release != nil && int64(r.Release) != want.Release.UnixMilli() {
		t.Errorf("%+v: released %s", *want, decode.Time(r.Release))
	}
	served, other := r.Calling, r.Called
	if want.Kind == "mtCallRecord" {
		served, other = other, served
	}
	if served.String() != want.A || other.String() != want.B && other.String() != "0"+want.B[2:] {
		t.Errorf("%+v: parties %s, %s", *want, served, other)
	}
	if r.Flags.Has(cdr.Slice) != (want.Seq > 1) {
		t.Errorf("%+v: flags %b", *want, r.Flags)
	}
}

var csNames = map[string]string{"moCallRecord": "moCall", "mtCallRecord": "mtCall", "moSMSRecord": "moSMS", "outGatewayRecord": "outGateway"}

func kindOf(raw []byte) string { return recordName(raw) }

// TestPartials: the records of a call are distinct, and one of them counts.
func TestGoldenPartials(t *testing.T) {
	file := decodetest.Sample(t, csSample+".ber")
	l, _ := decodetest.Open(t, Decoder{}, file, decodetest.Source(t))
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, file, &b, &tally)
	identities, slices := map[uint64]int{}, 0
	for i := range b.Len() {
		identities[b.Rows[i].Identity]++
		if b.Rows[i].Flags.Has(cdr.Slice) {
			slices++
		}
	}
	if len(identities) != b.Len() || slices != 60 {
		t.Errorf("%d identities of %d rows, %d slices, want 60", len(identities), b.Len(), slices)
	}
	types := []string{}
	for i, n := range tally.Types {
		if n > 0 {
			types = append(types, kinds.names[i])
		}
	}
	if s := strings.Join(types, " "); s != "moCall mtCall outGateway moSMS" {
		t.Error(s)
	}
}
