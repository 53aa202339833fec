package traffic

import (
	"slices"
	"testing"
)

// inRange checks a share against what real networks show.
func inRange(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: %.4f is outside %.4f to %.4f", what, got, low, high)
	}
}

func TestOutcomes(t *testing.T) {
	causes := map[Disposition][]uint16{
		Answered: {16, 27, 31, 38, 41, 47, 102, 111},
		NoAnswer: {16, 18, 19, 20, 21},
		Busy:     {17},
		Failed:   {1, 3, 27, 28, 34, 38, 41, 42},
	}
	var n [4]float64
	var calls, seconds, dropped float64
	for _, r := range all(t, small()) {
		if r.Service != Voice || r.Forwarded {
			continue
		}
		calls++
		n[r.Disposition]++
		if !slices.Contains(causes[r.Disposition], r.Cause) {
			t.Fatalf("disposition %d with cause %d", r.Disposition, r.Cause)
		}
		switch {
		case r.Disposition != Answered && r.DurationMS != 0, r.Disposition == Answered && r.DurationMS == 0, r.RingMS < 0:
			t.Fatalf("disposition %d, ring %d ms, duration %d ms", r.Disposition, r.RingMS, r.DurationMS)
		case r.Disposition == Answered:
			seconds += float64(r.DurationMS) / 1000
			if r.Cause != 16 && r.Cause != 31 {
				dropped++
			}
		}
	}
	inRange(t, "answered", n[Answered]/calls, 0.62, 0.75)
	inRange(t, "no answer", n[NoAnswer]/calls, 0.17, 0.27)
	inRange(t, "busy", n[Busy]/calls, 0.03, 0.08)
	inRange(t, "failed", n[Failed]/calls, 0.03, 0.07)
	inRange(t, "mean duration", seconds/n[Answered], 90, 150)
	inRange(t, "dropped of answered", dropped/n[Answered], 0.003, 0.012)
}

func TestRhythm(t *testing.T) {
	var day [7]float64
	var hour [24]float64
	total := 0.0
	for _, r := range all(t, small()) {
		if r.Service != Voice {
			continue
		}
		day[weekdayOf(r.Start/msDay)]++
		hour[r.Start%msDay/(60*msMinute)]++
		total++
	}
	inRange(t, "hours 0-5", (hour[0]+hour[1]+hour[2]+hour[3]+hour[4]+hour[5])/total, 0.01, 0.07)
	inRange(t, "Sunday of Tuesday", day[0]/day[2], 0.5, 0.85)
	inRange(t, "Saturday of Tuesday", day[6]/day[2], 0.6, 0.95)
	inRange(t, "11 h", hour[11]/total, 0.06, 0.1)
	inRange(t, "18 h", hour[18]/total, 0.06, 0.11)
	if hour[14] > hour[11] || hour[14] > hour[18] {
		t.Error("no dip in the afternoon between the two peaks")
	}
}

func TestPeople(t *testing.T) {
	c := small()
	c.Days = 14
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	home := map[Number]int{}
	for i, s := range g.people.subs {
		if _, twice := home[s.number]; twice {
			t.Fatalf("two subscribers have the number %s", s.number)
		}
		home[s.number] = i
	}
	type pair struct{ a, b Number }
	calls := map[Number]float64{}
	pairs := map[pair]int{}
	total := 0.0
	var r Record
	for g.Next(&r) {
		if r.Service != Voice || r.Forwarded {
			continue
		}
		total++
		calls[r.Calling]++
		_, a := home[r.Calling]
		_, b := home[r.Called]
		if want := map[bool]Direction{true: Both}[a && b]; a && b && r.Direction != want || a && !b && r.Direction != Originating || !a && r.Direction != Terminating {
			t.Fatalf("direction %d of a call from %s to %s", r.Direction, r.Calling, r.Called)
		}
		if a && b {
			pairs[pair{r.Calling, r.Called}]++
		}
	}
	var counts []float64
	for n, k := range calls {
		if _, ok := home[n]; ok {
			counts = append(counts, k)
		}
	}
	slices.Sort(counts)
	top, sum := 0.0, 0.0
	for i, k := range counts {
		sum += k
		if i >= len(counts)-len(home)/100 {
			top += k
		}
	}
	inRange(t, "calls of the most active 1 %", top/sum, 0.05, 0.2)
	inRange(t, "median of the mean", counts[len(counts)/2]/(sum/float64(len(counts))), 0.4, 0.9)
	mutual, near, repeated := 0.0, 0.0, 0.0
	for p, n := range pairs {
		if pairs[pair{p.b, p.a}] > 0 {
			mutual++
		}
		if n > 1 {
			repeated++
		}
		if d := home[p.a] - home[p.b]; d > -140 && d < 140 {
			near++
		}
	}
	inRange(t, "pairs that call both ways", mutual/float64(len(pairs)), 0.35, 0.8)
	inRange(t, "pairs in a community", near/float64(len(pairs)), 0.55, 0.9)
	inRange(t, "pairs with several calls", repeated/float64(len(pairs)), 0.4, 0.9)
}

func TestKinds(t *testing.T) {
	records := all(t, small())
	n := map[string]float64{}
	for _, r := range records {
		n[serviceNames[r.Service]]++
		n[directionNames[r.Direction]]++
		n[ratNames[r.RAT]]++
		switch {
		case r.Visited != 0:
			n["roaming"]++
			if r.Cell.PLMN != r.Visited {
				t.Fatalf("roams in %d, cell in %d", r.Visited, r.Cell.PLMN)
			}
		case r.Cell.PLMN == 0 && r.RAT != RATNone:
			t.Fatal("a radio technology without a cell")
		}
		if r.Forwarded {
			n["forwarded"]++
		}
		if r.Called&shortCode != 0 {
			n["short code"]++
		}
		if r.Calling == 0 {
			n["withheld"]++
		}
		if r.Charge > 0 {
			n["charged"]++
		}
	}
	for _, want := range []struct {
		what      string
		low, high float64
	}{
		{"voice", 0.55, 0.72}, {"sms", 0.18, 0.32}, {"mms", 0.004, 0.02}, {"data", 0.08, 0.16},
		{"both", 0.5, 0.7}, {"originating", 0.2, 0.4}, {"terminating", 0.05, 0.15},
		{"2g", 0.005, 0.1}, {"3g", 0.03, 0.2}, {"4g", 0.4, 0.8}, {"5g", 0.05, 0.3}, {"wifi", 0.01, 0.1},
		{"roaming", 0.003, 0.05}, {"forwarded", 0.001, 0.02}, {"short code", 0.005, 0.03},
		{"withheld", 0.0005, 0.01}, {"charged", 0.1, 0.5},
	} {
		inRange(t, want.what, n[want.what]/float64(len(records)), want.low, want.high)
	}
}

func TestSharesAddUp(t *testing.T) {
	check := func(name string, shares []uint16) {
		sum := 0
		for _, s := range shares {
			sum += int(s)
		}
		if sum != 1000 {
			t.Errorf("%s: %d", name, sum)
		}
	}
	people := 0
	for i := range habits {
		check("kinds", habits[i].kinds[:])
		people += int(habits[i].share)
	}
	if people != 1000 {
		t.Errorf("habits: %d", people)
	}
	for _, s := range [][]uint16{usualCalls, migrantCalls, messages, byDay, byNight, toService,
		whereabouts.workday, whereabouts.evening, whereabouts.weekend, whereabouts.night} {
		check("shares", s)
	}
	for i := range 4 {
		check("callRAT", callRAT[i])
		check("dataRAT", dataRAT[i])
	}
}
