package jetstream

import (
	"strings"
	"testing"
)

// Where to go on, and when not to.
func TestJudge(t *testing.T) {
	const me, other = "me", "other"
	done := place{1, 5, 2, 10}
	next := segment{place: place{1, 6, 0, 30}}
	p := position{Outbox: me, Run: 1, Done: done}
	at := func(outbox string, p place) *marker { return &marker{Job: "j", Outbox: outbox, place: p} }
	for _, c := range []struct {
		name   string
		first  *segment
		doubt  bool
		last   *marker
		quiet  bool
		want   place
		refuse kind
	}{
		{"no marker", &next, false, nil, false, done, 0},
		{"no marker, in doubt", &next, true, nil, false, place{}, doubtful},
		{"no marker, in doubt, but nothing came", &next, true, nil, true, done, 0},
		{"as remembered", &next, false, at(me, done), false, done, 0},
		{"as remembered, in doubt", &next, true, at(me, done), false, done, 0},
		{"in the oldest file", &next, true, at(me, place{1, 6, 0, 7}), false, place{1, 6, 0, 7}, 0},
		{"at its end", &next, true, at(me, place{1, 6, 0, 30}), false, place{1, 6, 0, 30}, 0},
		{"beyond its end", &next, true, at(me, place{1, 6, 0, 31}), false, place{}, ahead},
		{"in a file that is not there", &next, true, at(me, place{1, 6, 1, 1}), false, place{}, ahead},
		{"in a file, and there is none", nil, true, at(me, place{1, 6, 0, 7}), false, place{}, ahead},
		{"before the end of the last file", &next, true, at(me, place{1, 5, 2, 9}), false, place{}, behind},
		{"in an earlier file", &next, false, at(me, place{1, 5, 1, 99}), false, place{}, behind},
		{"in an earlier run", &next, false, at(me, place{0, 99, 1, 99}), false, place{}, behind},
		{"of another", &next, false, at(other, done), false, place{}, foreign},
		{"of nobody", &next, false, &marker{}, false, place{}, foreign},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, trouble := judge(p, c.first, c.doubt, state{last: c.last, quiet: c.quiet, subject: "a", stream: "S"})
			if trouble == nil {
				trouble = &trouble0
			}
			if got != c.want || trouble.kind != c.refuse || c.refuse != 0 && !strings.Contains(trouble.text, ": ") {
				t.Fatalf("%v, %+v", got, trouble)
			}
		})
	}
}

var trouble0 trouble

func TestName(t *testing.T) {
	s := segment{place: place{2, 18446744073709551, 1234567, 999}, rows: 5, staged: 1764112853}
	got, ok := parseName(s.name())
	if !ok || got != s {
		t.Fatalf("%+v", got)
	}
	epoch, final, err := placeOf(stagedDir + "/" + s.name())
	if err != nil || epoch != s.Epoch || final != outboxDir+"/"+s.name() {
		t.Fatal(epoch, final, err)
	}
	for _, bad := range []string{"", "x", "position.json", "000001-1-000000.1.1.1.out", s.name() + "x", "000001-99999999999999999999-000000.1.1.1.out"} {
		if _, ok := parseName(bad); ok {
			t.Errorf("%s is taken", bad)
		}
	}
	if _, _, err := placeOf("elsewhere/" + s.name()); err == nil {
		t.Error("a place elsewhere is taken")
	}
}

// A file that is damaged anywhere is refused.
func TestMessages(t *testing.T) {
	var p part
	for _, m := range []string{"one", "", "three"} {
		at := p.begin()
		p.data = append(p.data, m...)
		p.end(at, 1)
	}
	p.seal()
	all, err := messagesOf(p.data, 3)
	must(t, err)
	if len(all) != 3 || string(all[0]) != "one" || string(all[1]) != "" || string(all[2]) != "three" {
		t.Fatalf("%q", all)
	}
	if _, err := messagesOf(p.data, 2); err == nil {
		t.Error("there is one more than its name says")
	}
	for i := range p.data {
		bad := append([]byte(nil), p.data...)
		bad[i] ^= 1
		if _, err := messagesOf(bad, 3); err == nil {
			t.Errorf("byte %d is wrong", i)
		}
		if _, err := messagesOf(p.data[:i], 3); err == nil {
			t.Errorf("only %d bytes are there", i)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "a subject is needed"},
		{Options{Subject: "a.*"}, "no subject to publish to"},
		{Options{Subject: "a..b"}, "no subject to publish to"},
		{Options{Subject: "a b"}, "no subject to publish to"},
		{Options{Subject: ".a"}, "no subject to publish to"},
		{Options{Subject: "$JS.a"}, "belongs to the server"},
		{Options{Subject: "a", Encoding: "xml"}, "choose json or arrow"},
		{Options{Subject: "a", Create: &Create{Stream: "a.b"}}, "cannot be the name of a stream"},
		{Options{Subject: "a.b"}, ""},
	} {
		err := c.o.complete()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	if _, err := NewAlerts("out", nil, Options{Subject: "a", Encoding: Arrow}); err == nil {
		t.Error("alerts as Arrow")
	}
}

func TestPauses(t *testing.T) {
	for _, c := range []struct {
		k       kind
		attempt int
		random  float64
		want    string
	}{
		{away, 0, 0, "100ms"}, {away, 3, 0, "800ms"}, {away, 3, 1, "400ms"}, {away, 99, 0, "15s"}, {declined, 1, 0, "200ms"}, {foreign, 0, 0, "1m0s"}, {unfit, 5, 1, "30s"},
	} {
		if got := pauseAfter(c.k, c.attempt, c.random).String(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
