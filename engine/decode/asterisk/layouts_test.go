package asterisk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// customLine writes a row of cdr_custom: what varies, then the fields after amaflags.
func customLine(src, dst, times, ends string, rest ...string) string {
	s := fmt.Sprintf(`"""Bob, B"" <%s>","%s","%s","ctx","SIP/1","SIP/2","Dial","a,b",%s,%s,"DOCUMENTATION"`, src, src, dst, times, ends)
	for _, r := range rest {
		s += "," + r
	}
	return s
}

func decoded(t *testing.T, s *decode.Source, text string) ([]cdr.Record, *decode.Tally) {
	t.Helper()
	l, _ := decodetest.Open(t, Decoder{}, nil, s)
	decodetest.Check(t, Decoder{}, l, []byte(text))
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, []byte(text), &b, &tally)
	return decodetest.Records(&b), &tally
}

// TestCustom: the same call in both layouts is the same record.
func TestCustom(t *testing.T) {
	source := decodetest.Source(t)
	const never = `"2024-03-01 08:00:00","","2024-03-01 08:00:10"`
	for _, c := range []struct{ name, custom, master string }{
		{"stock", customLine("+442079460000", "+12125550100", answered, `"60","50","ANSWERED"`, `"acc"`, `"1709280000.1"`, `""`, "7"),
			line("+442079460000", "+12125550100", answered, `60,50,"ANSWERED"`, `"1709280000.1"`, `""`, `""`, `"1709280000.1"`, "7")},
		{"fractions", customLine("+442079460000", "+12125550100", answered, `"60.250000","49.750000","ANSWERED"`, `"acc"`, `"1709280000.1"`, `""`, "7"),
			line("+442079460000", "+12125550100", answered, `60.25,49.75,"ANSWERED"`, `"1709280000.1"`, `""`, `""`, `"1709280000.1"`, "7")},
		{"never answered, no sequence", customLine("+442079460000", "s", never, `"10","0","NO ANSWER"`, `"acc"`, `"1709280000.1"`, `"note"`),
			line("+442079460000", "s", unanswered, `10,0,"NO ANSWER"`, `"1709280000.1"`, `"note"`)},
		{"a space behind the commas", strings.ReplaceAll(customLine("+442079460000", "+12125550100", answered, `"60","50","BUSY"`, `"acc"`, `"1709280000.1"`, `""`), `","`, `", "`),
			line("+442079460000", "+12125550100", answered, `60,50,"BUSY"`, `"1709280000.1"`, `""`)},
		{"nothing quoted", strings.ReplaceAll(customLine("+442079460000", "+12125550100", strings.ReplaceAll(answered, `"`, ""), `60, 50,BUSY`, `acc`, `1709280000.1`, ``), `"a,b"`, "ab"),
			line("+442079460000", "+12125550100", answered, `60,50,"BUSY"`, `"1709280000.1"`, `""`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, tally := decoded(t, source, c.custom+"\n")
			want, _ := decoded(t, source, c.master+"\n")
			if len(got) != 1 || len(want) != 1 {
				t.Fatalf("%d and %d rows: %v", len(got), len(want), tally.Rejects)
			}
			a, b := got[0], want[0]
			if c.name == "stock" || c.name == "fractions" {
				if a.Identity != b.Identity {
					t.Error("the identities differ")
				}
			}
			a.Identity, a.RawHash, a.Raw = b.Identity, b.RawHash, b.Raw
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Errorf("%+v, want %+v", a, b)
			}
		})
	}
}

// TestMixedWidths: a file goes on with another width when its configuration changed.
func TestMixedWidths(t *testing.T) {
	rest := []string{`"1709280000.1"`, `"note"`, `"peer"`, `"1709280000.1"`, "3"}
	text := line("1001", "1002", answered, `60,50,"ANSWERED"`) + "\n" +
		line("1001", "1002", answered, `60,50,"ANSWERED"`, rest[0]) + "\n" +
		line("1001", "1002", answered, `60,50,"ANSWERED"`, rest[1]) + "\n" +
		line("1001", "1002", answered, `60,50,"ANSWERED"`, rest[:2]...) + "\n" +
		line("1001", "1002", answered, `60,50,"ANSWERED"`, rest[2:]...) + "\n" +
		line("1001", "1002", answered, `60,50,"ANSWERED"`, rest[1:]...) + "\n" +
		line("1001", "1002", answered, `60,50,"ANSWERED"`, rest...) + "\n" +
		customLine("1001", "1002", answered, `"60","50","ANSWERED"`, `"acc"`, rest[0], rest[1], "3") + "\n"
	rows, tally := decoded(t, decodetest.Source(t), text)
	if len(rows) != 8 {
		t.Fatalf("%d rows of 8, rejects %v", len(rows), tally.Rejects)
	}
	call := decode.HashText([]byte("1709280000.1"))
	for i, want := range []uint64{0, call, 0, call, call, call, call, call} {
		r := rows[i]
		if r.Call != want || r.RingMS != 10_000 || r.TalkMS != 50_000 || r.Flags.Outcome() != cdr.Answered {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	if rows[6].Identity != rows[7].Identity {
		t.Error("unique id and sequence do not identify a row in both layouts")
	}
}

// TestLineBreaks: wherever a text holds a line break, neither piece of the row becomes a
// record.
func TestLineBreaks(t *testing.T) {
	source := decodetest.Source(t)
	for name, row := range map[string]string{
		"cdr_csv":    line("1001", "1002", answered, `60,50,"ANSWERED"`, `"1709280000.1"`, `"note"`, `""`, `"1709280000.1"`, "3"),
		"empty ones": `"","","","","","","","","","2024-03-01 08:00:00",,,1,1,"ANSWERED","","","","","",""`,
		"cdr_custom": customLine("1001", "1002", answered, `"60","50","ANSWERED"`, `"acc"`, `"1709280000.1"`, `""`, "3"),
	} {
		inside := false
		for i := range len(row) {
			if row[i] == '"' {
				inside = !inside
			}
			if !inside {
				continue
			}
			for _, br := range []string{"\n", "\r\n", "\n\n"} {
				rows, tally := decoded(t, source, row[:i+1]+br+row[i+1:]+"\n")
				if len(rows) != 0 || len(tally.Rejects) != 2 {
					t.Errorf("%s, a break after byte %d: %d rows, rejects %v", name, i, len(rows), tally.Rejects)
				}
			}
		}
	}
}

func TestOddClock(t *testing.T) {
	const eight = 1709280000 // 2024-03-01 08:00:00 UTC
	for _, c := range []struct {
		unique string
		zone   int // seconds east
		want   int64
	}{
		{fmt.Sprintf(`"%d.1"`, eight), 0, 0},
		{fmt.Sprintf(`"%d.1"`, eight-1), 0, 0},
		{fmt.Sprintf(`"%d.1"`, eight-800), 0, 0},       // a later row of its call
		{fmt.Sprintf(`"%d.1"`, eight-2*3600), 0, 1},    // the switch's clock is two hours east
		{fmt.Sprintf(`"%d.1"`, eight-2*3600), 7200, 0}, // and the source says so
		{fmt.Sprintf(`"%d.1"`, eight-2*3600+1), 0, 1},
		{fmt.Sprintf(`"%d.1"`, eight-2*3600+2), 0, 0},
		{fmt.Sprintf(`"pbx-%d.1"`, eight-7*3600-1), 0, 1},
		{fmt.Sprintf(`"%d.1"`, eight+5*3600), 0, 1},
		{fmt.Sprintf(`"%d.1"`, eight+5*3600+1800), 0, 1}, // Newfoundland and the like
		{fmt.Sprintf(`"%d.1"`, eight-20700), 0, 1},       // Nepal
		{fmt.Sprintf(`"%d.1"`, eight-3700), 0, 0},        // no whole quarter
		{fmt.Sprintf(`"%d.1"`, eight-86400*30), 0, 0},    // no zone is so far off
		{`"note"`, 0, 0},
	} {
		source := decodetest.Source(t)
		source.Zone = time.FixedZone("", c.zone)
		rows, tally := decoded(t, source, line("1001", "1002", answered, `60,50,"ANSWERED"`, c.unique)+"\n")
		if len(rows) != 1 || tally.Notes[decode.OddClock] != c.want {
			t.Errorf("%s in a zone %d s east: %d notes, want %d", c.unique, c.zone, tally.Notes[decode.OddClock], c.want)
		}
	}
	// A row that is linked to another channel's tells nothing of the start of that.
	text := line("1001", "1002", answered, `60,50,"ANSWERED"`, fmt.Sprintf(`"%d.1"`, eight-7200), `""`, `""`, `"1709280000.0"`, "2") + "\n"
	if _, tally := decoded(t, decodetest.Source(t), text); tally.Notes[decode.OddClock] != 0 {
		t.Error("a further row of a call is noted")
	}
}

// TestAmbiguous is about the hour that the end of summer time makes come twice.
func TestAmbiguous(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	source := decodetest.Source(t)
	source.Zone = berlin
	row := func(start string, made int64) string {
		return line("1001", "1002", `"`+start+`",,`, `10,0,"NO ANSWER"`, fmt.Sprintf(`"%d.1"`, made)) + "\n"
	}
	first := time.Date(2024, 10, 27, 0, 30, 0, 0, time.UTC).Unix()
	for _, c := range []struct {
		text      string
		ambiguous int64
		odd       int64
	}{
		{row("2024-10-27 02:30:00", first), 1, 0},
		{row("2024-10-27 02:30:00", first+3600), 1, 0}, // it was the second time
		{row("2024-10-27 01:30:00", first-3600), 0, 0},
		{row("2024-10-27 03:30:00", first+7200), 0, 0},
		{row("2024-10-27 03:30:00", first), 0, 1},
		{row(fmt.Sprint(first), first), 0, 0},
	} {
		rows, tally := decoded(t, source, c.text)
		if len(rows) != 1 || tally.Notes[decode.AmbiguousTime] != c.ambiguous || tally.Notes[decode.OddClock] != c.odd {
			t.Errorf("%s: %d rows, notes %v", c.text, len(rows), tally.Notes)
		}
	}
}

func TestDetectTellsTheModule(t *testing.T) {
	for module, row := range map[string]string{
		"cdr_csv":    line("1001", "1002", answered, `60,50,"ANSWERED"`),
		"cdr_custom": customLine("1001", "1002", answered, `"60","50","ANSWERED"`, `"acc"`, `"1709280000.1"`, `""`, "3"),
	} {
		if m := (Decoder{}).Detect([]byte(row + "\n")); m.Score != 90 || !strings.Contains(m.Why, module) {
			t.Errorf("%+v does not tell %s", m, module)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	l, _ := decodetest.Open(b, Decoder{}, nil, decodetest.Source(b))
	const rows = 1000
	block := []byte(strings.Repeat(line("+442079460000", "+12125550100", answered, `60,50,"ANSWERED"`, `"1709280000.1"`, `"note"`)+"\n", rows))
	decodetest.Bench(b, Decoder{}, l, block)
}
