package tap

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// sample reads a sample and its golden tree; the test is skipped where they are not.
func sample(t *testing.T, name string) (data []byte, golden tree) {
	t.Helper()
	name = "tap3/" + name
	data = decodetest.Sample(t, name)
	if !strings.Contains(name, "overflow") {
		if err := json.Unmarshal(decodetest.Sample(t, name+".golden.json"), &golden); err != nil {
			t.Fatal(err)
		}
	}
	return data, golden
}

// outcomes decodes a file and tells what became of each event, in their order.
func outcomes(t testing.TB, data []byte, wholesale bool) (lines []string, tally decode.Tally) {
	t.Helper()
	s := decodetest.Source(t)
	s.Wholesale = wholesale
	l, skip := decodetest.Open(t, Decoder{}, data, s)
	block := data[skip:]
	decodetest.Check(t, Decoder{}, l, block)
	var b cdr.Batch
	Decoder{}.Decode(l, block, &b, &tally)
	byOffset := map[uint32]string{}
	for _, r := range tally.Rejects {
		byOffset[r.Raw.Off] = r.Reason
	}
	for i, r := range decodetest.Records(&b) {
		var row decode.Row
		if problem := (Decoder{}).ReadRow(l, r.Raw.Of(block), &row); problem != "" {
			t.Fatalf("row %d: %s", i, problem)
		}
		if r.Start != row.Start || r.TalkMS != row.TalkMS || r.RingMS != row.RingMS || r.Charge != row.Charge || r.Up != row.Up || r.Down != row.Down ||
			r.Offset != row.Offset || r.Cause != row.Cause || r.Flags.Outcome() != row.Outcome || r.Flags.Has(cdr.Roams) != (len(row.Text(decode.VisitedPLMN)) > 0) {
			t.Fatalf("row %d is %+v in the batch and %s alone", i, r, told(&row))
		}
		byOffset[r.Raw.Off] = told(&row)
	}
	for frames := decode.NewFrames(framing, block); frames.Next(); {
		if line, ok := byOffset[frames.At.Raw.Off]; ok {
			lines = append(lines, line)
			continue
		}
		tag, _ := ber.Element(frames.At.Text)
		if _, ok := kindOf(tag); ok {
			lines = append(lines, "filtered")
		}
	}
	return lines, tally
}

// compare checks what became of each event of a file against its tree.
func compare(t testing.TB, lines []string, file tree, wholesale bool) {
	t.Helper()
	events, _ := file["callEventDetails"].([]any)
	if len(lines) != len(events) {
		t.Fatalf("%d events are found of %d", len(lines), len(events))
	}
	for i, e := range events {
		for kind, v := range e.(tree) {
			want := expected(file, kind, v.(tree), wholesale)
			if lines[i] != want && !strings.HasPrefix(lines[i], want+": ") {
				t.Errorf("event %d, %s:\n%s, want\n%s", i, kind, lines[i], want)
			}
		}
	}
}

func TestSamples(t *testing.T) {
	for name, claims := range map[string]decode.Claims{
		"libxfsx_tap_3_12_valid.ber":            {Has: decode.ClaimRecords | decode.ClaimCharge, Records: 4, Charge: 2_300_000},
		"libxfsx_tap_3_12_valid_most_indef.ber": {Has: decode.ClaimRecords | decode.ClaimCharge, Records: 4, Charge: 2_300_000},
		"asn1c_sample-DataInterChange-1.ber":    {},
	} {
		t.Run(name, func(t *testing.T) {
			data, golden := sample(t, name)
			file := golden["transferBatch"].(tree)
			if m := (Decoder{}).Detect(data); m.Score != 100 || !strings.Contains(m.Why, `"WERFD" for "XLKJE", file "31707"`) {
				t.Errorf("%+v", m)
			}
			for _, wholesale := range []bool{false, true} {
				lines, tally := outcomes(t, data, wholesale)
				compare(t, lines, file, wholesale)
				want := claims
				if !wholesale {
					want.Has, want.Charge = want.Has&^decode.ClaimCharge, 0
				}
				if tally.Claims != want || decodetest.OwnNotes(&tally) != [decode.Notes]int64{} {
					t.Errorf("claims %+v, want %+v; notes %v", tally.Claims, want, tally.Notes)
				}
				for _, l := range lines {
					t.Log(l)
				}
			}
			l, _ := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
			if c := (Decoder{}).Claims(l); c != (decode.Claims{Has: decode.ClaimSequence, Sequence: 31707, Switch: "TAP WERFD > XLKJE"}) {
				t.Errorf("the header claims %+v", c)
			}
		})
	}
}

// TestSampleLengths: how lengths are encoded changes nothing, identities included.
func TestSampleLengths(t *testing.T) {
	var records [2][]cdr.Record
	for i, name := range []string{"libxfsx_tap_3_12_valid.ber", "libxfsx_tap_3_12_valid_most_indef.ber"} {
		data, _ := sample(t, name)
		l, skip := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, data[skip:], &b, &tally)
		records[i] = decodetest.Records(&b)
		for j := range records[i] {
			records[i][j].Raw, records[i][j].RawHash, records[i][j].Line = cdr.Span{}, 0, 0
		}
	}
	if len(records[0]) != 3 || !reflect.DeepEqual(records[0], records[1]) {
		t.Errorf("%+v,\n%+v", records[0], records[1])
	}
}

func TestSampleOverflow(t *testing.T) {
	data, _ := sample(t, "libxfsx_length_overflow.ber")
	start := time.Now()
	for range 1000 {
		if m := (Decoder{}).Detect(data); m.Score != 0 || m.Why == "" {
			t.Fatalf("%+v", m)
		}
	}
	if spent := time.Since(start) / 1000; spent > 50*time.Microsecond {
		t.Errorf("it takes %v to refuse it", spent)
	}
}
