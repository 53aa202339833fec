package engine_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// happening is one line of a feed, written at its time.
type happening struct {
	at   int64 // epoch seconds
	line string
	kind string // of file
}

// happenings are the lines of calls that take several to tell: events of a SIP server,
// pieces of CUCM; some lost, some twice.
func happenings(r *rand.Rand, calls int) (all []happening) {
	const begin = 1_700_000_000
	acc := func(at int64, f string, args ...any) {
		all = append(all, happening{at, fmt.Sprintf(f, args...), "acc"})
	}
	piece := func(id int, from, to int64, calling, called, cause string) {
		all = append(all, happening{to, fmt.Sprintf(`1,1,%d,%d,"%s",%s,"%s",0,%d,%d,"p%d",%d`, id, from, calling, cause, called, from, to, len(all), to-from), "cucm"})
	}
	party := func() string { return fmt.Sprint(442079460000 + r.IntN(30)) }
	for id := range calls {
		at := begin + int64(r.IntN(3*86_400))
		end := at + []int64{0, 1, 61, 3600, 90_000}[r.IntN(5)]
		a, b := party(), party()
		switch r.IntN(6) {
		case 0, 1, 2:
			acc(at, "INVITE|f%d|t%d|c%d|200|OK|%d|%s|%s", id, id, id, at, a, b)
			if r.IntN(5) == 0 {
				acc((at+end)/2, "INVITE|t%d|f%d|c%d|200|OK|%d|%s|%s", id, id, id, (at+end)/2, b, a)
			}
			for range r.IntN(4) { // none, one, or more
				acc(end, "BYE|t%d|f%d|c%d|200|OK|%d||", id, id, id, end)
				end += int64(r.IntN(40))
			}
		case 3:
			for range 1 + r.IntN(2) {
				acc(at, "INVITE|f%d||c%d|486|Busy|%d|%s|%s", id, id, at, a, b)
			}
		case 4:
			acc(at, "BYE|t%d|f%d|c%d|200|OK|%d||", id, id, id, at)
			acc(at, "a line of no kind %d", id)
		case 5:
			for k := range 1 + r.IntN(3) {
				piece(id, at, at+60, a, party(), []string{"16", "393216"}[min(k+1, 1)*r.IntN(2)])
				at += int64(60 * r.IntN(3))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Compare(a.at, b.at) })
	return all
}

const cucmHead = `"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","dateTimeOrigination","callingPartyNumber","origCause_value","finalCalledPartyNumber","destCause_value","dateTimeConnect","dateTimeDisconnect","pkid","duration"` + "\n"

// scattered spreads the lines over so many files of each kind, each in order but for the
// lateness.
func scattered(r *rand.Rand, all []happening, count int) (files []oracle.File) {
	type line struct {
		at   int64
		text string
	}
	lines := map[string][]line{}
	for _, h := range all {
		name := fmt.Sprintf("%d.%s", r.IntN(count), h.kind)
		lines[name] = append(lines[name], line{h.at + int64(r.IntN(50)), h.line})
	}
	for n := range count {
		for _, kind := range []string{"acc", "cucm"} {
			name := fmt.Sprintf("%d.%s", n, kind)
			var text strings.Builder
			text.WriteString(map[string]string{"acc": "OPTIONS|f|t|c|200|OK|1700000000\n", "cucm": cucmHead}[kind])
			slices.SortStableFunc(lines[name], func(a, b line) int { return cmp.Compare(a.at, b.at) })
			for _, l := range lines[name] {
				text.WriteString(l.text + "\n")
			}
			if len(lines[name]) > 0 {
				files = append(files, oracle.File{Name: name, Data: []byte(text.String())})
			}
		}
	}
	return files
}

func joinJob(files []oracle.File) job {
	c := oracle.Default()
	c.Zone, c.Lateness, c.EmitEvery = time.UTC, time.Minute, "1d"
	c.Windows = []string{"1d", "3d"}
	return job{
		Config: c, files: files, workers: 2, block: 1500,
		features: []string{"calls_1d", "calls_out_1d", "answered_calls_3d", "busy_calls_1d", "talk_seconds_1d", "billed_minutes_3d", "contacts_3d", "overlapping_calls_1d", "call_duration_max_3d"},
	}
}

// Calls told in several records give the same rows whatever files the records are in, in
// whatever order within the lateness, blocks of any size, any number of workers.
func TestJoinsAreTheSame(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 11))
		all := happenings(r, 300)
		want := joinJob(scattered(r, all, 1)).run(t)
		if s := want.summary; s.OpenCalls == 0 || s.Ledger.Duplicate == 0 || s.Ledger.Rejected == 0 || s.Ledger.Late > 0 || len(want.rows) < 60 {
			t.Fatalf("%d rows, %+v: not the traffic to try this on", len(want.rows), s)
		}
		for i := range 12 {
			j := joinJob(scattered(r, all, 1+i%4))
			j.block, j.workers = []int{200, 700, 1 << 20}[i%3], 1+i%5
			got := j.run(t)
			l, w := got.summary.Ledger, want.summary.Ledger
			extra := int64(-1) // lines in place of a header
			for _, f := range j.files {
				if strings.HasSuffix(f.Name, ".acc") {
					extra++
				}
			}
			if l.Accepted != w.Accepted || l.Duplicate != w.Duplicate || l.Rejected != w.Rejected || l.Late != 0 || l.Filtered-w.Filtered != extra || got.summary.OpenCalls != want.summary.OpenCalls {
				t.Errorf("seed %d, %d files, blocks of %d, %d workers: %+v, want %+v", seed, len(j.files), j.block, j.workers, l, w)
			}
			sameRows(t, got.rows, want.rows)
		}
	}
}

// What waits to be joined survives a crash anywhere.
func TestJoinsCrash(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 11))
	d := newDurable(t, joinJob(scattered(r, happenings(r, 150), 2)), 3)
	want, files := d.finished(t, disktest.New())
	if want.OpenCalls == 0 || want.Ledger.Duplicate == 0 || want.FeatureRows == 0 {
		t.Fatalf("%+v: not the traffic to try this on", want)
	}
	crashes := int64(0)
	for n := 3; ; n += 1 + r.IntN(6) {
		more := d.crash(t, want, files, crashPoint{n: n, keep: []int{0, 50, 100}[n%3], takes: n%2 == 0, seed: r.Uint64(), again: r.IntN(70)})
		if more == 0 {
			break
		}
		crashes += more
	}
	if crashes < 30 {
		t.Errorf("only %d crashes", crashes)
	}
}
