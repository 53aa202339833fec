package rejects

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

func reject(i int) *Entry {
	return &Entry{Source: "in/a.csv", Line: int64(i), Offset: int64(i) * 10, Reason: "bad", Raw: fmt.Appendf(nil, "text %d", i)}
}

func lineOf(i int) []byte { return fmt.Appendf(nil, "{\"n\":%d}\n", i) }

// pass writes the rejects from..to-1 that are not written yet, a commit after every
// second one.
func pass(m disk.FS, from, to int) error {
	o, err := Open(m, "d/out")
	if err != nil {
		return err
	}
	for i := from; i < to && err == nil; i++ {
		if o.Standing(reject(i)) == New {
			err = o.Add(reject(i), lineOf(i))
		}
		if err == nil && i%2 == 1 {
			err = o.Commit()
		}
	}
	if err == nil {
		err = o.Commit()
	}
	return errors.Join(err, o.Close())
}

func linesOf(t *testing.T, m *disktest.Memory) []string {
	t.Helper()
	b, err := m.ReadFile("d/out")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	return lines[:len(lines)-1]
}

func wantLines(n int) (all []string) {
	for i := range n {
		all = append(all, string(lineOf(i)))
	}
	return all
}

// Whenever the process is killed, once or twice, what is there after one that was not is
// every record once.
func TestCrash(t *testing.T) {
	const n = 7
	calm := disktest.New()
	if err := pass(calm, 0, 4); err != nil {
		t.Fatal(err)
	}
	if err := pass(calm, 2, n); err != nil {
		t.Fatal(err)
	}
	if got := linesOf(t, calm); !slices.Equal(got, wantLines(n)) {
		t.Fatalf("%q", got)
	}
	for p := range disktest.Points(0, calm.Ops(), 3) {
		m := disktest.New()
		m.CrashAt(p.At, p.Takes)
		if err := pass(m, 0, 4); err == nil {
			err = pass(m, 2, n)
			if err == nil {
				t.Fatalf("%v: nothing failed", p)
			}
		}
		m = m.Crash(p.Keep, p.Seed)
		again := disktest.Point{At: int(p.Seed>>3) % 12, Takes: p.Seed%3 == 0, Keep: 50, Seed: p.Seed * 7}
		m.CrashAt(again.At, again.Takes)
		if err := pass(m, 0, 5); err != nil {
			m = m.Crash(again.Keep, again.Seed)
		}
		m.CrashAt(-1, false)
		if err := pass(m, 0, n); err != nil {
			t.Fatalf("%v, %v: %v", p, again, err)
		}
		got := linesOf(t, m)
		slices.Sort(got)
		if !slices.Equal(got, wantLines(n)) {
			t.Fatalf("%v, %v: %q", p, again, got)
		}
	}
}

// What was committed is known after a crash, even when the output was taken away.
func TestCommitIsDurable(t *testing.T) {
	m := disktest.New()
	if err := pass(m, 0, 4); err != nil {
		t.Fatal(err)
	}
	m = m.Crash(0, 1)
	if got := linesOf(t, m); !slices.Equal(got, wantLines(4)) {
		t.Errorf("%q", got)
	}
	if err := errors.Join(m.Rename("d/out", "d/gone"), pass(m, 0, 5)); err != nil {
		t.Fatal(err)
	}
	m = m.Crash(0, 2)
	if got := linesOf(t, m); !slices.Equal(got, wantLines(5)[4:]) {
		t.Errorf("%q", got)
	}
}

// A register of which the end was written in part is what it was before that; a mark
// within it that does not fit is damage.
func TestTornRegister(t *testing.T) {
	m := disktest.New()
	if err := pass(m, 0, 4); err != nil {
		t.Fatal(err)
	}
	whole, err := m.ReadFile("d/out.register")
	if err != nil {
		t.Fatal(err)
	}
	marks := strings.SplitAfter(string(whole), "\n")
	last := len(marks) - 2
	torn := slices.Clone(marks)
	torn[last-1] = strings.Repeat("\x00", len(torn[last-1])-1) + "\n"
	if err := m.WriteFile("d/out.register", []byte(strings.Join(torn, ""))); err != nil {
		t.Fatal(err)
	}
	if err := pass(m, 0, 4); err != nil {
		t.Fatal(err)
	}
	if got := linesOf(t, m); !slices.Equal(got, wantLines(4)) {
		t.Errorf("%q", got)
	}
	damaged := slices.Clone(marks)
	for i, line := range damaged[:last] {
		if i > 2 && line[0] != '=' {
			damaged[i] = strings.Map(func(c rune) rune {
				if c == '0' {
					return '1'
				}
				return c
			}, line)
			break
		}
	}
	if err := m.WriteFile("d/out.register", []byte(strings.Join(damaged, ""))); err != nil {
		t.Fatal(err)
	}
	if err := pass(m, 0, 4); !errors.Is(err, ErrOther) {
		t.Errorf("a damaged register: %v", err)
	}
}

// An operation that fails is told, and the next process mends what it left.
func TestEveryFailure(t *testing.T) {
	calm := disktest.New()
	if err := pass(calm, 0, 4); err != nil {
		t.Fatal(err)
	}
	for at := range calm.Ops() {
		m := disktest.New()
		m.Fail(disktest.Fault{At: at, Err: errors.New("broken")})
		if err := pass(m, 0, 4); err == nil && !strings.HasPrefix(calm.Op(at), "close") {
			t.Errorf("operation %d, %s, failed and nobody says so", at, calm.Op(at))
		}
		m.Fail(disktest.Fault{At: -1})
		m = m.Crash(100, 0)
		if err := pass(m, 0, 4); err != nil {
			t.Fatal(err)
		}
		if got := linesOf(t, m); !slices.Equal(got, wantLines(4)) {
			t.Fatalf("after operation %d, %s: %q", at, calm.Op(at), got)
		}
	}
}

func TestStanding(t *testing.T) {
	m := disktest.New()
	if err := pass(m, 0, 2); err != nil {
		t.Fatal(err)
	}
	o, err := Look(m, "d/out")
	if err != nil {
		t.Fatal(err)
	}
	other := reject(1)
	other.Reason, other.Line = "worse", 77
	corrected := reject(1)
	corrected.Raw = []byte("text one")
	elsewhere := reject(1)
	elsewhere.Source = "in/b.csv"
	message := reject(1)
	message.Sequence = 3
	for e, want := range map[*Entry]Standing{reject(0): Written, other: Written, corrected: Changed, elsewhere: New, message: New, reject(2): New} {
		if got := o.Standing(e); got != want {
			t.Errorf("%+v: %d, want %d", e, got, want)
		}
	}
	if files := m.Files("d"); len(files) != 2 {
		t.Errorf("%v", files)
	}
}

// An output that was taken away begins anew, and what was in it does not come again.
func TestTakenAway(t *testing.T) {
	m := disktest.New()
	if err := errors.Join(pass(m, 0, 3), m.Rename("d/out", "d/gone"), pass(m, 0, 5), pass(m, 0, 5)); err != nil {
		t.Fatal(err)
	}
	if got := linesOf(t, m); !slices.Equal(got, wantLines(5)[3:]) {
		t.Errorf("%q", got)
	}
}

func TestStrangers(t *testing.T) {
	written := func() *disktest.Memory {
		m := disktest.New()
		if err := pass(m, 0, 3); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, change := range map[string]func(m *disktest.Memory) error{
		"no register":       func(m *disktest.Memory) error { return m.Remove("d/out.register") },
		"an empty register": func(m *disktest.Memory) error { return m.WriteFile("d/out.register", nil) },
		"no mark":           func(m *disktest.Memory) error { return m.WriteFile("d/out.register", []byte(title)) },
		"another register":  func(m *disktest.Memory) error { return m.WriteFile("d/out.register", []byte("to buy: milk\n")) },
		"a damaged entry": func(m *disktest.Memory) error {
			return m.WriteFile("d/out.register", []byte(title+"= 0 00000000 00000000\n12 34\n= 0 00000000 00000000\n= 0 00000000 00000000\n"))
		},
		"a damaged mark": func(m *disktest.Memory) error { return m.WriteFile("d/out.register", []byte(title+"= many\n")) },
		"cut":            func(m *disktest.Memory) error { return m.WriteFile("d/out", []byte("{")) },
		"changed":        func(m *disktest.Memory) error { return m.WriteFile("d/out", []byte(strings.Repeat("x", 500))) },
	} {
		m := written()
		if err := change(m); err != nil {
			t.Fatal(err)
		}
		before, _ := m.ReadFile("d/out")
		if err := pass(m, 0, 5); !errors.Is(err, ErrOther) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := m.ReadFile("d/out"); string(after) != string(before) {
			t.Errorf("%s: the file was touched: %q", name, after)
		}
	}
	m := written()
	if err := m.WriteFile("d/out", append([]byte(strings.Join(wantLines(3), "")), "and half a li"...)); err != nil {
		t.Fatal(err)
	}
	if err := pass(m, 0, 4); err != nil {
		t.Fatal(err)
	}
	if got := linesOf(t, m); !slices.Equal(got, wantLines(4)) {
		t.Errorf("%q", got)
	}
}

func TestOneWriter(t *testing.T) {
	m := disktest.New()
	o, err := Open(m, "d/out")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(m, "d/out"); !errors.Is(err, disk.ErrLocked) {
		t.Error(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestLead(t *testing.T) {
	m := disktest.New()
	for i, lead := range []string{"a,b\n", "a,b\n", "a,c\n"} {
		o, err := Open(m, "d/out")
		if err != nil {
			t.Fatal(err)
		}
		if err = o.Lead([]byte(lead), nil); (err != nil) != (i == 2) {
			t.Error(i, err)
		}
		if err != nil && strings.Contains(err.Error(), "a,b") { // it may be a record
			t.Errorf("the message shows what the file holds: %v", err)
		}
		if err == nil {
			err = errors.Join(o.Add(reject(i), lineOf(i)), o.Commit())
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := linesOf(t, m); !slices.Equal(got, append([]string{"a,b\n"}, wantLines(2)...)) {
		t.Errorf("%q", got)
	}
}

func TestReplacement(t *testing.T) {
	m := disktest.New()
	for _, lines := range []int{3, 100_000, 1, 0, 0} {
		r := NewReplacement(m, "d/x")
		for i := range lines {
			if err := r.Add(lineOf(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(r.Publish(), r.Close()); err != nil {
			t.Fatal(err)
		}
		b, err := m.ReadFile("d/x")
		if (err == nil) != (lines > 0) || string(b) != strings.Join(wantLines(lines), "") {
			t.Errorf("%d lines: %d bytes, %v", lines, len(b), err)
		}
		if files := m.Files("d"); len(files) > 1 {
			t.Errorf("%v", files)
		}
	}
}

func TestReplacementTakesBack(t *testing.T) {
	for _, n := range []int{3, 100_000} {
		m := disktest.New()
		r := NewReplacement(m, "d/x")
		var want strings.Builder
		for i := range n {
			if err := r.Add(lineOf(i)); err != nil {
				t.Fatal(err)
			}
			if i%3 == 1 {
				r.Drop(i)
			} else {
				want.Write(lineOf(i))
			}
		}
		if err := errors.Join(r.Publish(), r.Close()); err != nil {
			t.Fatal(err)
		}
		if b, err := m.ReadFile("d/x"); err != nil || string(b) != want.String() {
			t.Errorf("%d bytes, not %d, %v", len(b), want.Len(), err)
		}
		r = NewReplacement(m, "d/x")
		if err := r.Add(lineOf(1)); err != nil {
			t.Fatal(err)
		}
		r.Drop(0)
		if err := errors.Join(r.Publish(), r.Close()); err != nil || len(m.Files("d")) > 0 {
			t.Errorf("%v, %v", m.Files("d"), err)
		}
	}
}

func TestEntry(t *testing.T) {
	for _, text := range []string{
		`{"source":"a","line":1,"offset":0,"reason":"r","raw":"x"}`,
		`{"source":"a","sequence":9,"line":1,"offset":12,"reason":"r <b>","raw":""}`,
		`{"source":"a","line":1,"offset":0,"reason":"r","raw_base64":"/wA="}`,
	} {
		e, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(e.Append(nil)); got != text+"\n" {
			t.Errorf("%s became %s", text, got)
		}
	}
	for text, part := range map[string]string{
		``: "no JSON object", `[]`: "no JSON object", `{"offset":1,"raw":"x"}`: "no source", `{"source":"a","raw":"x"}`: "no offset",
		`{"source":"a","offset":-1,"raw":"x"}`: "below 0",
		`{"source":"a","offset":1}`:            "neither raw", `{"source":"a","offset":1,"raw":"a","raw_base64":"YQ=="}`: "both", `{"source":"a","offset":1,"raw_base64":"%"}`: "no JSON object",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for reason, refused := range map[string]bool{
		"late: event time 1": true, "longer than max_record: 5 bytes, of which raw holds the first 3": true, "2000000 bytes, more than max_record": true, "start_time: is late": false,
	} {
		if why := (&Entry{Reason: reason}).Refused(); (why != "") != refused {
			t.Errorf("%s: %q", reason, why)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"source":"a","line":1,"offset":0,"reason":"r","raw_base64":"/wA="}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(e.Append(nil))
		if err != nil || again.Key() != e.Key() || again.Sum() != e.Sum() || again.Line != e.Line {
			t.Fatalf("%+v became %+v, %v", e, again, err)
		}
	})
}
