package csv

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func tallyOf(t *testing.T, s *decode.Source, block string) (decode.Tally, []cdr.Record) {
	t.Helper()
	l, skip := decodetest.Open(t, Decoder{}, []byte(block), s)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, []byte(block[skip:]), &b, &tally)
	decodetest.Check(t, Decoder{}, l, []byte(block[skip:]))
	return tally, decodetest.Records(&b)
}

// What is odd about a record of any format is noted, once for a record.
func TestNotes(t *testing.T) {
	const header = "start_time,service,calling_number,called_number,duration_seconds,disposition,imsi\n"
	const now = "2024-03-01T08:00:00Z,"
	for line, want := range map[string]string{
		"voice,+442079460000,+12125550100,5,answered,":        "",
		"voice,+442079460000,+12125550100,0,answered,":        "zero_second_answers",
		"voice,+442079460000,+12125550100,0,no_answer,":       "",
		"voice,+442079460000,+12125550100,86400,answered,":    "",
		"voice,+442079460000,+12125550100,86400.001,answered": "calls_over_24h",
		"voice,+442079460000,+12125550100,90000,no_answer,":   "",
		"data,+442079460000,,90000,,":                         "",
		"sms,+442079460000,+12125550100,0,answered,":          "",
		"voice,+442079460000,+9991234567,5,answered,":         "unknown_numbers",
		"voice,+9991234567,+9991234568,5,answered,":           "unknown_numbers",
		"voice,+9991234567,+12125550100,0,answered,":          "zero_second_answers unknown_numbers",
		"voice,+442079460000,112,5,answered,":                 "",
		"voice,+442079460000,sip:bob@example.net,5,answered,": "",
		"voice,,+12125550100,5,answered,234150000000001":      "",
		"voice,anonymous,+12125550100,5,answered,":            "",
		"voice,+442079460000,+80012345678,5,answered,":        "",
	} {
		if n := len(line); line[n-1] != ',' && line[n-1] != '1' {
			line += ","
		}
		tally, rows := tallyOf(t, decodetest.Source(t), header+now+line+"\n")
		got := ""
		for n, made := range tally.Notes {
			if made > 0 {
				got += " " + decode.Note(n).String()
			}
			if made > 1 {
				t.Errorf("%s: %d times %s", line, made, decode.Note(n))
			}
		}
		if len(got) > 0 {
			got = got[1:]
		}
		if len(rows) != 1 || got != want {
			t.Errorf("%s: %d rows %v, notes %q, want %q", line, len(rows), tally.Rejects, got, want)
		}
	}
}

// The totals are those of a naive reading of the same records, filtered ones included.
func TestTotals(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	at := time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC)
	for _, n := range []int{0, 1, 63, 64, 65, 700} {
		block := "start_time,service,direction,calling_number,called_number,duration_seconds,disposition,charge\n"
		var want decode.Totals
		for range n {
			service, answered := cdr.Service(r.IntN(4)), r.IntN(2)
			start, talk, charge := at.Add(time.Duration(r.IntN(1e6))*time.Millisecond), r.IntN(600), r.IntN(100)
			block += fmt.Sprintf("%d,%s,%s,+4420%08d,+4420%08d,%d,%s,0.%02d\n", start.UnixMilli(), []string{"voice", "sms", "mms", "data"}[service],
				[]string{"both", "none"}[r.IntN(2)], r.IntN(1e8), r.IntN(1e8), talk, []string{"no_answer", "answered"}[answered], charge)
			end := cdr.Millis(start.UnixMilli())
			if service == cdr.Voice || service == cdr.Data {
				end += cdr.Millis(talk * 1000)
			}
			if want.Count() == 0 {
				want.First, want.Last = end, end
			}
			want.First, want.Last = min(want.First, end), max(want.Last, end)
			want.Records[service]++
			if service == cdr.Voice && answered == 1 {
				want.TalkMS += int64(talk) * 1000
			}
			want.Charge += int64(charge) * 10_000
		}
		tally, _ := tallyOf(t, decodetest.Source(t), block)
		if tally.Totals != want || tally.Read != int64(n) {
			t.Errorf("%d records: %+v, want %+v", n, tally.Totals, want)
		}
	}
}
