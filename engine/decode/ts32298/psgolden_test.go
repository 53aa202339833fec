package ts32298

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

const psSample = "3gpp_ps/pgw_rel16_raw_concat"

// psGolden is a line of what the sample's own decoder says.
type psGolden struct {
	I     int
	Open  time.Time `json:"utc_open"`
	Off   int16
	IMSI  string
	Cause uint64
	PLMN  string `json:"roam_plmn"`
}

// TestGoldenPS compares every field of 60 records that another encoder made, and what
// the sample's decoder does not tell with what is known of how they were made.
func TestGoldenPS(t *testing.T) {
	file, golden := decodetest.Sample(t, psSample+".ber"), decodetest.Sample(t, psSample+".golden.jsonl")
	if m := (Decoder{}).Detect(file); m.Score < 90 {
		t.Errorf("%+v", m)
	}
	s := decodetest.Source(t)
	s.HomePLMNs = []string{"23410"}
	l, skip := decodetest.Open(t, Decoder{}, file, s)
	decodetest.Check(t, Decoder{}, l, file[skip:])
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, file[skip:], &b, &tally)
	rows := decodetest.Records(&b)
	if len(rows) != 60 || tally.Read != 60 || tally.Notes != [decode.Notes]int64{} {
		t.Fatalf("%d rows, notes %v, rejects %v", len(rows), tally.Notes, tally.Rejects)
	}
	frames := decode.NewFrames(Decoder{}.Framing(l), file)
	for i, line := range bytes.Split(bytes.TrimSpace(golden), []byte("\n")) {
		var want psGolden
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		frames.Next()
		var row decode.Row
		if problem := (Decoder{}).ReadRow(l, frames.At.Text, &row); problem != "" {
			t.Fatal(problem)
		}
		comparePSGolden(t, &want, &row, &rows[i])
		fast, _ := factsOf(l, frames.At.Text)
		if slow, _ := slowFacts(frames.At.Text, slowPS); fast.String() != slow.String() {
			t.Errorf("%v, the reference says %v", fast, slow)
		}
		w := ber.Walk(frames.At.Text)
		w.Next()
		if cause, _ := ber.Uint(ber.Find(w.Content, ber.Context(15))); cause != want.Cause || want.I != i {
			t.Errorf("record %d: cause %d, want %+v", i, cause, want)
		}
	}
}

func comparePSGolden(t *testing.T, want *psGolden, row *decode.Row, got *cdr.Record) {
	t.Helper()
	check := func(name string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s %v, want %v", name, got, want)
		}
	}
	check("start", int64(row.Start), want.Open.UnixMilli())
	check("offset", row.Offset, want.Off)
	check("IMSI", string(row.Text(decode.IMSI)), want.IMSI)
	check("visited", string(row.Text(decode.VisitedPLMN)), want.PLMN)
	check("number", string(row.Text(decode.CallingNumber)), "+44770000"+want.IMSI[11:])
	check("duration", row.TalkMS, uint32(300_000))
	check("partial", row.Partial, uint32(want.I%4+1))
	check("service", row.Service, cdr.Data)
	check("start of the batch", got.Start, row.Start)
	check("release", got.Release, row.Start+300_000)
	check("IMSI of the batch", cdr.Number(got.IMSI), cdr.Digits([]byte(want.IMSI)))
	check("country", got.VisitedMCC, uint16(want.PLMN[0]-'0')*100+uint16(want.PLMN[1]-'0')*10+uint16(want.PLMN[2]-'0'))
	check("roams", got.Flags.Has(cdr.Roams), want.PLMN != "23410")
	check("leg", got.Flags.Has(cdr.Originating) && !got.Flags.Has(cdr.Terminating), true)
	check("slice", got.Flags.Has(cdr.Slice), want.I%4 > 0)
}
