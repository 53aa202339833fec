package hygiene

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// told words warnings without their sources.
func told(all []Warning) string {
	var lines []string
	for _, w := range all {
		lines = append(lines, string(w.Code)+": "+w.Text)
	}
	return strings.Join(lines, "\n")
}

func TestJudge(t *testing.T) {
	all := decode.ClaimRecords | decode.ClaimTalk | decode.ClaimCharge | decode.ClaimLost
	for _, c := range []struct {
		name    string
		account Account
		want    string
	}{
		{"nothing is claimed", Account{Ledger: Ledger{Read: 5}}, ""},
		{"all agrees", Account{
			Ledger: Ledger{Read: 5}, Totals: decode.Totals{TalkMS: 1500, Charge: 7},
			Claims: decode.Claims{Has: all, Records: 5, TalkMS: 1500, Charge: 7},
		}, ""},
		{"an empty file that says so", Account{Claims: decode.Claims{Has: decode.ClaimRecords}}, ""},
		{"too few", Account{Ledger: Ledger{Read: 4, Rejected: 1}, Claims: decode.Claims{Has: decode.ClaimRecords, Records: 5}},
			"record_count: claims 5 records, 4 were read; 1 could not be read, rejects/ tells why"},
		{"none could be read", Account{Ledger: Ledger{Read: 2, Rejected: 2}}, "none_read: none of its 2 records could be read: look at its format, or at the profile; rejects/ tells why"},
		{"none could be used", Account{Ledger: Ledger{Read: 2, Rejected: 1, Filtered: 1}}, ""},
		{"none of those that are claimed", Account{Claims: decode.Claims{Has: decode.ClaimRecords, Records: 1}}, "record_count: claims 1 records, 0 were read"},
		{"sums", Account{Totals: decode.Totals{TalkMS: 61_500, Charge: -250_000}, Claims: decode.Claims{Has: all, TalkMS: 60_000, Charge: 1_000_001}},
			"talk_total: claims 60 seconds of answered calls, those read add up to 61.5\ncharge_total: claims charges of 1.000001, those read add up to -0.25"},
		{"sums that are not claimed", Account{Totals: decode.Totals{TalkMS: 5, Charge: 5}, Claims: decode.Claims{Has: decode.ClaimSequence}}, ""},
		{"of a part nothing is claimed", Account{Partial: true, Ledger: Ledger{Read: 4}, Claims: decode.Claims{Has: all, Records: 5, TalkMS: 1}}, ""},
		{"lost", Account{Claims: decode.Claims{Has: decode.ClaimLost, Lost: 3}}, "lost_records: the switch says that it could not write 3 records or more"},
		{"lost, it does not say how many", Account{Claims: decode.Claims{Lost: 3}}, ""},
		{"a new release", Account{Ledger: Ledger{Read: 1000}, Notes: notes(decode.UnknownTag, 1)},
			"unknown_tags: 1 of 1000 records: elements that no known release of the format has; the switch may have a new one"},
		{"accidents", Account{Ledger: Ledger{Read: 1000}, Notes: notes(decode.ZeroAnswer, 49)}, ""},
		{"more than accidents", Account{Ledger: Ledger{Read: 1000}, Notes: notes(decode.ZeroAnswer, 50)}, "zero_second_answers: 50 of 1000 records: answered, and no time was talked"},
	} {
		if got := told(Judge(&c.account)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func notes(n decode.Note, made int64) (all Notes) {
	all[n] = made
	return all
}

// Every note is judged, and every code is listed.
func TestCodes(t *testing.T) {
	listed := map[Code]bool{}
	for _, c := range Codes() {
		listed[c] = true
	}
	for n := range decode.Notes {
		if !listed[Code(n.String())] {
			t.Errorf("%s has no threshold", n)
		}
		made := Account{Ledger: Ledger{Read: 10}, Notes: notes(n, 10)}
		if all := Judge(&made); len(all) != 1 || !listed[all[0].Code] {
			t.Errorf("%s in all records: %v", n, all)
		}
	}
	if len(listed) != 9+int(decode.Notes) {
		t.Errorf("%d codes", len(listed))
	}
}

func TestDecimal(t *testing.T) {
	for want, n := range map[string]int64{"0": 0, "0.001": 1, "1": 1000, "1.5": 1500, "-0.25": -250, "12345.678": 12345678} {
		if got := decimal(n, 3); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestSwitch(t *testing.T) {
	for _, c := range []struct{ name, claimed, want string }{
		{"msc1/20260301.csv", "", "msc1/.csv"},
		{"/in/2026-03-01/a12.dat", "", "/in/a.dat"},
		{"in/2026/03/01/msc1/a12.dat", "", "in/msc1/a.dat"},
		{"20260301/a12.dat", "", "a.dat"},
		{"/in/2026x/a12.dat", "", "/in/2026x/a.dat"},
		{"/in/CDR_MSC_000123.dat", "", "/in/CDR_MSC_.dat"},
		{"/in/1/a12.dat", "", "/in/1/a.dat"},
		{"a", "", "a"},
		{"/in/a12.dat", "MSC7", "MSC7"},
		{"/in/MSC7_-_4711.20260301_-_0930+0100", "", "/in/MSC7"},
		{"/in/MSC7_-_4711.20260301_-_0930-0330_-_hot.gz", "", "/in/MSC7"},
		{"/in/MSC7_-_4711.2026", "", "/in/MSC_-_."},
		{"cdr_StandAlone1_02_202603010930_17", "", "cdr_StandAlone1_02"},
		{"cmr_StandAlone1_02_202603010930_17", "", "cmr_StandAlone1_02"},
	} {
		if got := Switch(&Account{Name: c.name, Claims: decode.Claims{Switch: c.claimed}}); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.name, c.claimed, got, c.want)
		}
	}
}

// An account survives its checkpoint.
func TestAccountJSON(t *testing.T) {
	a := Account{
		Name: "a", Format: "x", Ledger: Ledger{Read: 3, Late: 1}, Types: map[string]int64{"moCall": 2}, Partial: true, Listed: true,
		Totals: decode.Totals{Records: [4]int64{1, 2, 3, 4}, TalkMS: 5, Charge: -6, First: 7, Last: 8},
		Claims: decode.Claims{Has: decode.ClaimSequence | decode.ClaimTalk, Sequence: 9, TalkMS: 10, Switch: "s"},
	}
	for n := range a.Notes {
		a.Notes[n] = int64(n) % 3
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var b Account
	if err := json.Unmarshal(text, &b); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%s: %v\n%+v\nwant\n%+v", text, err, b, a)
	}
	if text, err = json.Marshal(Account{}); err != nil || string(text) != "{}" {
		t.Errorf("an account of nothing is %s, %v", text, err)
	}
}

// file is the account of a file of a switch.
func file(name string, sequence int64, first, last time.Duration) Account {
	a := Account{Name: name, Format: "x"}
	if sequence >= 0 {
		a.Claims = decode.Claims{Has: decode.ClaimSequence, Sequence: sequence}
	}
	if last > 0 {
		a.Totals = decode.Totals{Records: [4]int64{1}, First: cdr.Millis(first.Milliseconds()), Last: cdr.Millis(last.Milliseconds())}
	}
	return a
}

const hour = time.Hour

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		name    string
		files   []Account
		want    string
		missing int64
	}{
		{"all is well", []Account{file("a1", 1, hour, 2*hour), file("a2", 2, 3*hour, 9*hour), file("a3", 3, 15*hour, 16*hour)}, "", 0},
		{"in any order", []Account{file("a3", 3, 5*hour, 6*hour), file("a1", 1, hour, 2*hour), file("a2", 2, 3*hour, 4*hour)}, "", 0},
		{"two are missing", []Account{file("a1", 1, hour, 2*hour), file("a4", 4, 3*hour, 4*hour)},
			"a4 sequence_gap: the files before it, numbers 2 to 3, did not come", 2},
		{"a file without a record counts", []Account{file("a1", 1, hour, 2*hour), file("a2", 2, 0, 0), file("a3", 3, 3*hour, 4*hour)}, "", 0},
		{"numbers that do not follow event times", []Account{file("a1", 1, hour, 2*hour), file("a3", 3, 2*hour, 4*hour), file("a2", 2, 3*hour, 4*hour)}, "", 0},
		{"a repeat", []Account{file("a1", 1, hour, 2*hour), file("a9", 1, 3*hour, 4*hour)},
			"a9 sequence_repeat: its sequence number 1 came before: the file was sent again, or the switch counts anew", 0},
		{"anew", []Account{file("a7", 700, hour, 2*hour), file("a1", 1, 3*hour, 4*hour)},
			"a1 sequence_restart: its sequence number is 1, where 700 was the last: the switch counts anew", 0},
		{"two switches", []Account{file("a1", 1, hour, 2*hour), file("b1", 7, hour, 2*hour), file("a2", 2, 3*hour, 4*hour), file("b2", 9, 3*hour, 4*hour)},
			"b2 sequence_gap: the file before it, number 8, did not come", 1},
		{"silence", []Account{file("a1", -1, hour, 2*hour), file("a2", -1, 8*hour+time.Second, 9*hour), file("b1", -1, 30*hour, 31*hour)},
			"a2 silence: begins at 1970-01-01T08:00:01Z, 6h0m1s after the files of its switch before it ended", 0},
		{"a long file covers a hole", []Account{file("a1", -1, hour, 20*hour), file("a2", -1, 2*hour, 3*hour), file("a3", -1, 21*hour, 22*hour)}, "", 0},
	} {
		r, warnings := OfFiles(c.files, 6*hour)
		var lines []string
		for _, w := range r.Warnings {
			lines = append(lines, fmt.Sprintf("%s %s: %s", w.Source, w.Code, w.Text))
		}
		if got := strings.Join(lines, "\n"); got != c.want || r.MissingFiles != c.missing {
			t.Errorf("%s: %d missing\n%s\nwant %d\n%s", c.name, r.MissingFiles, got, c.missing, c.want)
		}
		n := 0
		for i, own := range warnings {
			for _, w := range own {
				if n++; w.Source != c.files[i].Name {
					t.Errorf("%s: a warning of %s is with %s", c.name, w.Source, c.files[i].Name)
				}
			}
		}
		if n != len(r.Warnings) {
			t.Errorf("%s: %d warnings with the files, %d in all", c.name, n, len(r.Warnings))
		}
	}
}

// Silence of any length is no news where nobody wants it.
func TestNoSilence(t *testing.T) {
	if r, _ := OfFiles([]Account{file("a1", -1, hour, hour), file("a2", -1, 900*hour, 901*hour)}, 0); len(r.Warnings) > 0 {
		t.Errorf("%v", r.Warnings)
	}
}

// A live job hears of a gap when it is seen, and knows when it is filled; its report is
// bounded.
func TestBook(t *testing.T) {
	var b Book
	for i, c := range []struct {
		sequence int64
		want     string
	}{
		{1, ""}, {3, "sequence_gap: the file before it, number 2, did not come"}, {4, ""},
		{2, ""}, {4, "sequence_repeat: its sequence number 4 came before: the file was sent again, or the switch counts anew"},
	} {
		a := file(fmt.Sprint("a", i), c.sequence, hour, 2*hour)
		if got := told(b.Close(&a, hour)); got != c.want {
			t.Errorf("%d: %q, want %q", c.sequence, got, c.want)
		}
	}
	if b.Missing() != 0 || b.Warnings[SequenceGap] != 1 || b.Warnings[SequenceRepeat] != 1 || len(b.Recent) != 2 {
		t.Errorf("%+v", b)
	}
	c := b.Clone()
	if !reflect.DeepEqual(c, &b) {
		t.Errorf("%+v is no clone of %+v", c, b)
	}
	for i := range 2 * MaxWarnings {
		c.Note(Warning{fmt.Sprint(i), Silence, "x"})
	}
	if len(b.Recent) != 2 || len(c.Recent) != MaxWarnings || c.Recent[0].Source != fmt.Sprint(MaxWarnings) {
		t.Errorf("%d and %d recent ones", len(b.Recent), len(c.Recent))
	}
	r := OfStreams([]Account{{Ledger: Ledger{Read: 1}, Notes: notes(decode.LongCall, 7)}, {}}, []*Book{&b, c})
	if len(r.Warnings) != MaxWarnings || r.Counts[Silence] != 2*MaxWarnings || r.Counts[SequenceGap] != 2 || r.Notes["calls_over_24h"] != 7 {
		t.Errorf("%+v", r)
	}
}

// Names that are all of another switch take no more and no more memory.
func TestBookIsBounded(t *testing.T) {
	var b Book
	for i := range 2 * maxSwitches {
		a := file(fmt.Sprintf("a%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676), 1, hour, time.Duration(i+2)*hour)
		b.Close(&a, 0)
	}
	if len(b.Switches) != maxSwitches || b.Switches["aaaa"] != nil {
		t.Errorf("%d switches", len(b.Switches))
	}
}
