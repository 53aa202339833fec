package order

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

const (
	begin = cdr.Millis(1_700_000_000_000)
	hour  = cdr.Millis(3_600_000)
)

// event is a record that belongs together with others of its call.
func event(call uint64, at cdr.Millis, marks cdr.Flags) cdr.Record {
	return cdr.Record{
		Start: at, Release: at, Call: call, Flags: marks | cdr.Originating | cdr.Terminating,
		Calling: cdr.Number(call), RingMS: cdr.RingUnknown,
	}
}

// story is random records of many calls: halves with copies, lost ones, very long
// calls, attempts, calls in pieces, calls of several rows, plain records.
func story(r *rand.Rand, calls int) (all []cdr.Record) {
	for c := range calls {
		call := uint64(c + 1)
		at := begin + cdr.Millis(r.IntN(2000))*500
		ends := at + []cdr.Millis{0, 1000, 60_000, 24 * hour, 24*hour + 500, 30 * hour}[r.IntN(6)]
		switch r.IntN(8) {
		case 0, 1:
			all = append(all, event(call, at, cdr.Opens), event(call, ends, cdr.Closes))
			for range r.IntN(3) { // re-INVITE, BYE of both
				all = append(all, event(call, at+cdr.Millis(r.IntN(3)*1000), cdr.Opens), event(call, ends+cdr.Millis(r.IntN(3))*echoes/2, cdr.Closes))
			}
		case 2:
			all = append(all, event(call, at, cdr.Opens))
			if r.IntN(2) == 0 { // refused while it goes on, or when it was given up
				all = append(all, event(call, ends, cdr.Opens|cdr.Closes))
			}
		case 3:
			all = append(all, event(call, at, cdr.Closes))
		case 4:
			for range 1 + r.IntN(3) {
				all = append(all, event(call, at+cdr.Millis(r.IntN(3))*echoes, cdr.Opens|cdr.Closes))
			}
		case 5:
			for i := range 1 + r.IntN(4) {
				marks := cdr.Piece
				if r.IntN(3) > 0 {
					marks |= cdr.Split
				}
				all = append(all, event(call, at+cdr.Millis(i*r.IntN(3))*20*hour, marks))
			}
		default:
			all = append(all, event(0, at, 0))
		}
	}
	for i := range all {
		rec := &all[i]
		rec.Identity, rec.RawHash, rec.Charge = r.Uint64N(1<<40), uint64(i), int64(i)
		if r.IntN(3) == 0 {
			rec.CallingName = fmt.Append(nil, "caller ", i)
			rec.Calling = cdr.Name(rec.CallingName)
		}
		if r.IntN(10) == 0 {
			all = append(all, *rec) // the record itself comes twice
		}
	}
	return all
}

// naive joins records the slow way: one look at everything before for each.
func naiveJoin(all []cdr.Record) (out []string, counts Counts) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b cdr.Record) int {
		return cmp.Or(cmp.Compare(a.Release, b.Release), cmp.Compare(a.Identity, b.Identity))
	})
	n := len(all)
	all = slices.CompactFunc(all, func(a, b cdr.Record) bool { return a.Release == b.Release && a.Identity == b.Identity })
	counts.Duplicate = int64(n - len(all))
	marks := func(i int) cdr.Flags { return all[i].Flags & cdr.Joined }
	firsts := slices.Clone(all) // in the order in which they take effect: within an instant answers and splits first
	early := func(r cdr.Record) int {
		if m := r.Flags & cdr.Joined; m == cdr.Opens || m == cdr.Piece|cdr.Split {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(firsts, func(a, b cdr.Record) int {
		return cmp.Or(cmp.Compare(a.Release, b.Release), cmp.Compare(early(a), early(b)))
	})
	answer := map[int64]cdr.Record{} // by the charge of the end
	verdict := map[int64]string{}
	var open []cdr.Record
	ended := map[uint64][]cdr.Millis{}
	split := map[uint64][]cdr.Millis{}
	within := func(times []cdr.Millis, at, d cdr.Millis) bool {
		return slices.ContainsFunc(times, func(t cdr.Millis) bool { return at-t <= d })
	}
	for _, r := range firsts {
		waiting := slices.IndexFunc(open, func(o cdr.Record) bool { return o.Call == r.Call && r.Release-o.Release <= talksAtMost })
		switch r.Flags & cdr.Joined {
		case cdr.Opens:
			if waiting >= 0 || within(ended[r.Call], r.Release, echoes) {
				verdict[r.Charge] = "copy"
			} else {
				open, verdict[r.Charge] = append(open, r), "open"
			}
		case cdr.Closes:
			switch {
			case waiting >= 0:
				answer[r.Charge], verdict[r.Charge] = open[waiting], "whole"
				verdict[open[waiting].Charge] = "used"
				open = slices.Delete(open, waiting, waiting+1)
			case within(ended[r.Call], r.Release, echoes):
				verdict[r.Charge] = "copy"
			default:
				verdict[r.Charge] = "open"
			}
			ended[r.Call] = append(ended[r.Call], r.Release)
		case cdr.Opens | cdr.Closes:
			if waiting >= 0 || within(ended[r.Call], r.Release, echoes) {
				verdict[r.Charge] = "copy"
			}
			ended[r.Call] = append(ended[r.Call], r.Release)
		case cdr.Piece, cdr.Piece | cdr.Split:
			slice := within(split[r.Call], r.Release, piecesApart)
			if slice {
				verdict[r.Charge] = "slice"
			}
			if slice || r.Flags.Has(cdr.Split) {
				split[r.Call] = append(split[r.Call], r.Release)
			}
		}
	}
	for i := range all {
		r := all[i]
		switch verdict[r.Charge] {
		case "copy":
			counts.Duplicate++
			continue
		case "open":
			counts.Open++
			continue
		case "used":
			counts.Accepted++
			continue
		case "slice":
			r.Flags |= cdr.Slice
		case "whole":
			end := r
			r = answer[r.Charge]
			r.TalkMS = uint32(end.Release - r.Release)
			r.Release = end.Release
			r.Flags = r.Flags.With(cdr.Voice, cdr.Answered, cdr.RATUnknown)
		}
		counts.Accepted++
		r.Flags &^= cdr.Joined
		out = append(out, joinedText(&r))
		_ = marks
	}
	return out, counts
}

func joinedText(r *cdr.Record) string {
	return fmt.Sprintf("%d from %d talk %d %d %q flags %x charge %d", r.Release, r.Start, r.TalkMS, r.Calling, r.CallingName, r.Flags, r.Charge)
}

func releasedText(b *cdr.Batch, r int) string {
	rec := cdr.Record{Release: b.Rows[r].Release, Start: b.Rows[r].Start, TalkMS: b.Rows[r].TalkMS, Calling: b.Rows[r].Calling,
		CallingName: b.NameOf(r, false), Flags: b.Rows[r].Flags, Charge: b.Rows[r].Charge}
	return joinedText(&rec)
}

// feed gives the records to a buffer in one of the ways in which they may come:
// spread over files, in chunks of any size, in any order within the lateness, the
// buffer saved and loaded on the way.
func feed(t *testing.T, r *rand.Rand, all []cdr.Record) (out []string, sum Counts) {
	const lateness = 10_000
	sources := 1 + r.IntN(4)
	files := make([][]cdr.Record, sources)
	for _, rec := range all {
		s := r.IntN(sources)
		files[s] = append(files[s], rec)
	}
	b := NewBuffer(Options{Lateness: lateness, MaxRecords: 1 << 20})
	for s := range files {
		b.AddSource(fmt.Sprint(s), Never)
		shift := map[int64]cdr.Millis{}
		for _, rec := range files[s] {
			shift[rec.Charge] = cdr.Millis(r.IntN(lateness / 2))
		}
		slices.SortStableFunc(files[s], func(a, b cdr.Record) int { return cmp.Compare(a.Release+shift[a.Charge], b.Release+shift[b.Charge]) })
	}
	var offset int64
	for done := 0; done < sources; {
		s := r.IntN(sources)
		if files[s] == nil {
			continue
		}
		n := min(r.IntN(30), len(files[s]))
		batch := &cdr.Batch{}
		for i := range n {
			rec := files[s][i]
			rec.Raw = cdr.Span{Off: uint32(i), Len: 1}
			batch.Append(&rec)
		}
		b.Admit(s, batch, offset, func(int) { t.Fatal("late") })
		offset += int64(n)
		if files[s] = files[s][n:]; len(files[s]) == 0 {
			b.Finish(s)
			files[s], done = nil, done+1
		}
		run, err := b.Release()
		if err != nil {
			t.Fatal(err)
		}
		checkRefs(t, run)
		for _, ref := range run.Refs {
			out = append(out, releasedText(run.Batches[ref.Batch], ref.Row()))
		}
		run.Start(1)
		run.Done()
		if r.IntN(4) == 0 {
			b = reload(t, b)
		}
	}
	for _, s := range b.Sources() {
		c := s.Counts
		sum.Accepted, sum.Duplicate, sum.Open, sum.Buffered = sum.Accepted+c.Accepted, sum.Duplicate+c.Duplicate, sum.Open+c.Open, sum.Buffered+c.Buffered
	}
	return out, sum
}

// However the records of a call come, the same calls are made of them, those that the
// slow way makes, and every record is accounted for.
func TestJoinsDependOnEventTimeAlone(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		all := story(r, 1+r.IntN(200))
		want, counts := naiveJoin(all)
		for range 4 {
			got, sum := feed(t, r, all)
			if sum != counts || sum.Accepted+sum.Duplicate+sum.Open != int64(len(all)) {
				t.Fatalf("seed %d: %+v, want %+v of %d records", seed, sum, counts, len(all))
			}
			for i := range want {
				if i == len(got) || got[i] != want[i] {
					t.Fatalf("seed %d, row %d of %d:\n got %s\nwant %s", seed, i, len(want), append(got, "end")[i], want[i])
				}
			}
			if len(got) > len(want) {
				t.Fatalf("seed %d: %d rows, want %d", seed, len(got), len(want))
			}
		}
	}
}
