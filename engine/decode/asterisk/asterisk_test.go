package asterisk

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// line writes a row: what varies, then the fields after amaflags.
func line(src, dst, times, ends string, rest ...string) string {
	s := fmt.Sprintf(`"acc","%s","%s","ctx","""Bob, B"" <%s>","SIP/1","SIP/2","Dial","a,b",%s,%s,"DOCUMENTATION"`, src, dst, src, times, ends)
	for _, r := range rest {
		s += "," + r
	}
	return s
}

const (
	answered   = `"2024-03-01 08:00:00","2024-03-01 08:00:10","2024-03-01 08:01:00"`
	unanswered = `"2024-03-01 08:00:00",,"2024-03-01 08:00:10"`
)

func TestDecode(t *testing.T) {
	for _, c := range []struct{ name, line, want string }{
		{"answered", line("+442079460000", "+12125550100", answered, `60,50,"ANSWERED"`), "442079460000>12125550100 answered ring 10000 talk 50000 end 60000"},
		{"no answer", line("+442079460000", "+12125550100", unanswered, `10,0,"NO ANSWER"`), "442079460000>12125550100 no_answer ring 10000 talk 0 end 10000"},
		{"answered, nothing billed", line("+442079460000", "+12125550100", unanswered, `10,0,"ANSWERED"`), "442079460000>12125550100 answered ring 10000 talk 0 end 10000"},
		{"no answer, yet billed", line("+442079460000", "+12125550100", answered, `15,15,"NO ANSWER"`), "442079460000>12125550100 no_answer ring 0 talk 15000 end 15000"},
		{"billed more than it lasted", line("+442079460000", "+12125550100", answered, `15,16,"ANSWERED"`), "442079460000>12125550100 answered ring 0 talk 16000 end 16000"},
		{"busy", line("+442079460000", "+12125550100", unanswered, `1,0,"BUSY"`), "442079460000>12125550100 busy ring 1000 talk 0 end 1000"},
		{"failed", line("+442079460000", "+12125550100", unanswered, `1,0,"FAILED"`), "442079460000>12125550100 failed ring 1000 talk 0 end 1000"},
		{"congestion", line("+442079460000", "+12125550100", unanswered, `1,0,"CONGESTION"`), "442079460000>12125550100 failed ring 1000 talk 0 end 1000"},
		{"cancel", line("+442079460000", "+12125550100", unanswered, `1,0,"CANCEL"`), "442079460000>12125550100 no_answer ring 1000 talk 0 end 1000"},
		{"null", line("+442079460000", "+12125550100", unanswered, `1,0,"NULL"`), "442079460000>12125550100 no_answer ring 1000 talk 0 end 1000"},
		{"unknown", line("+442079460000", "+12125550100", unanswered, `1,0,"UNKNOWN"`), "442079460000>12125550100 unknown ring 1000 talk 0 end 1000"},
		{"start extension", line("+442079460000", "s", unanswered, `1,0,"FAILED"`), "442079460000> failed ring 1000 talk 0 end 1000"},
		{"hang-up extension", line("+442079460000", "h", unanswered, `1,0,"FAILED"`), "442079460000> failed ring 1000 talk 0 end 1000"},
		{"no caller", line("", "+12125550100", unanswered, `1,0,"FAILED"`), ">12125550100 failed ring 1000 talk 0 end 1000"},
		{"nobody", line("", "t", unanswered, `1,0,"FAILED"`), "no party"},
		{"odd disposition", line("1", "2", unanswered, `1,0,"Answered"`), `disposition: "Answered" is not one that Asterisk writes`},
		{"no start", line("1", "2", `,,`, `1,0,"FAILED"`), `start: "" is not a time`},
		{"bad start", line("1", "2", `"2024-02-30 08:00:00",,`, `1,0,"FAILED"`), `start: "2024-02-30 08:00:00" is not a possible time`},
		{"bad duration", line("1", "2", unanswered, `x,0,"FAILED"`), `duration: "x" is not a number`},
		{"bad billsec", line("1", "2", unanswered, `1,-1,"FAILED"`), `billsec: "-1" is negative`},
		{"too few", `"a","b","c"`, "3 fields, a row of Asterisk has 16 to 21"},
		{"too many", line("1", "2", unanswered, `1,0,"FAILED"`, "1", "2", "3", "4", "5", "6"), "22 fields, a row of Asterisk has 16 to 21"},
		{"cut in a quote", `"a","b`, "a quote that is not closed (a field holds no line break)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := decodetest.Source(t)
			l, _ := decodetest.Open(t, Decoder{}, nil, s)
			block := []byte(c.line + "\n")
			decodetest.Check(t, Decoder{}, l, block)
			var b cdr.Batch
			var tally decode.Tally
			Decoder{}.Decode(l, block, &b, &tally)
			if got := told(&b, &tally); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func told(b *cdr.Batch, t *decode.Tally) string {
	if len(t.Rejects) == 1 {
		return t.Rejects[0].Reason
	}
	r := decodetest.Records(b)[0]
	base := cdr.Millis(time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC).UnixMilli())
	return fmt.Sprintf("%s>%s %s ring %d talk %d end %d", r.Calling, r.Called, []string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Flags.Outcome()], r.RingMS, r.TalkMS, r.Release-base)
}

// TestIdentities is about the fields after amaflags, whose meaning depends on
// how many there are.
func TestIdentities(t *testing.T) {
	for _, c := range []struct {
		rest                     []string
		unique, linked, sequence string
	}{
		{nil, "", "", ""},
		{[]string{`"1498555635.0"`}, "1498555635.0", "", ""},
		{[]string{`"my note"`}, "", "", ""},
		{[]string{`"1498555635.0"`, `"1498555635.1"`}, "1498555635.0", "", ""},
		{[]string{`"odd"`, `""`}, "odd", "", ""},
		{[]string{`"peer"`, `"1498555635.7"`, "3"}, "", "1498555635.7", "3"},
		{[]string{`"sys-1498555635.0"`, `"peer"`, `"1498555635.7"`, "3"}, "sys-1498555635.0", "1498555635.7", "3"},
		{[]string{`"note"`, `"peer"`, `"1498555635.7"`, "3"}, "", "1498555635.7", "3"},
		{[]string{`"1498555635.0"`, `"note"`, `""`, `"1498555635.7"`, "3"}, "1498555635.0", "1498555635.7", "3"},
	} {
		var r record
		var text []byte
		raw := line("1", "2", unanswered, `1,0,"FAILED"`, c.rest...)
		if problem := r.split([]byte(raw), &text); problem != "" {
			t.Fatal(problem)
		}
		u, l, s := r.ids()
		if string(u) != c.unique || string(l) != c.linked || string(s) != c.sequence {
			t.Errorf("%q: %q %q %q", c.rest, u, l, s)
		}
		var row decode.Row
		clock := decode.NewClock(nil)
		if _, problem := r.row(&row, &clock); problem != "" {
			t.Fatal(problem)
		}
		call := c.linked
		if call == "" {
			call = c.unique
		}
		if row.Call != decode.HashText([]byte(call)) || (row.ID != 0) != (c.unique != "" && c.sequence != "") {
			t.Errorf("%q: call %x, id %x", c.rest, row.Call, row.ID)
		}
	}
}

func TestLooksUnique(t *testing.T) {
	pattern := regexp.MustCompile(`^(\S+-)?\d{9,10}\.\d+$`)
	for _, s := range []string{"", ".", "1498555635.0", "149855563.12", "14985556.1", "14985556350.1", "1498555635.", "1498555635", ".5",
		"-1498555635.0", "a-1498555635.0", "a b-1498555635.0", "a--1498555635.0", "a1498555635.0", "1498555635.0x", "1.1498555635.0", "a-b-149855563.9", "\t-1498555635.0"} {
		if got, want := looksUnique([]byte(s)), pattern.MatchString(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	row := line("1", "2", answered, `60,50,"ANSWERED"`)
	for head, score := range map[string]int{
		row + "\n":               90,
		row:                      90,
		"x\n" + row + "\n":       90,
		"x\ny\n" + row + "\n":    0,
		"a,start_time,imsi\n":    0,
		`{"a":1}` + "\n":         0,
		"":                       0,
		strings.Repeat(",", 15):  0,
		strings.Repeat("\n", 99): 0,
	} {
		if got := (Decoder{}).Detect([]byte(head)); got.Score != score || got.Why == "" {
			t.Errorf("%q: %+v, want score %d", head, got, score)
		}
	}
}

// TestSample reads 45 real rows.
func TestSample(t *testing.T) {
	block := decodetest.Sample(t, "asterisk/pseudonymised_45.csv")
	if m := (Decoder{}).Detect(block); m.Score < 50 {
		t.Fatal(m.Why)
	}
	l, _ := decodetest.Open(t, Decoder{}, block, decodetest.Source(t))
	decodetest.Check(t, Decoder{}, l, block)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, block, &b, &tally)
	if b.Len() != 45 || tally.Read != 45 {
		t.Fatalf("%d rows, rejects %v", b.Len(), tally.Rejects)
	}
	if tally.Notes[decode.OddClock] != 0 {
		t.Errorf("%d rows contradict UTC", tally.Notes[decode.OddClock])
	}
	calls, identities := map[uint64]int{}, map[uint64]bool{}
	answered := 0
	for i := range b.Len() {
		calls[b.Call[i]]++
		identities[b.Rows[i].Identity] = true
		if b.Rows[i].Flags.Outcome() == cdr.Answered {
			answered++
		}
	}
	if calls[0] != 0 || len(identities) != 44 { // one row stands there twice
		t.Errorf("%d rows without a call, %d identities, want 44", calls[0], len(identities))
	}
	t.Logf("%d calls, %d answered rows", len(calls), answered)
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	row := line("+442079460000", "bob", answered, `60,50,"ANSWERED"`, `"1498555635.0"`, `"note"`) + "\n"
	block := []byte(strings.Repeat(row, 50))
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 50)
}

func FuzzAsterisk(f *testing.F) {
	f.Add([]byte(line("+442079460000", "+12125550100", answered, `60,50,"ANSWERED"`, `"1498555635.0"`, `"note"`) + "\n"))
	f.Add([]byte(line("", "s", unanswered, `60,0,"NO ANSWER"`, `"p"`, `"1498555635.0"`, "7") + "\r\n\n\"a\n"))
	source := decodetest.Source(f)
	f.Add([]byte(customLine("1001", "1002", answered, `"60.5","50","ANSWERED"`, `"acc"`, `"1709272800.1"`, `""`, "3") + "\n"))
	f.Fuzz(func(t *testing.T, block []byte) {
		Decoder{}.Detect(block)
		l, _ := decodetest.Open(t, Decoder{}, block, source)
		decodetest.Check(t, Decoder{}, l, block)
	})
}
