package alert

import (
	"bytes"
	"math"
	"testing"
)

// The bytes of tracks, as checkpoints have them.
func TestTrackBytes(t *testing.T) {
	open := Track{Phase: Open, Severity: Critical, Since: Never, SinceFull: 200, Held: 300, Fired: 100}
	for _, c := range []struct {
		tr   Track
		want []byte
	}{
		{NewTrack(), []byte{0}},
		{open, []byte{2 | 1<<2 | 1<<3 | 1<<5 | 1<<6, 0xd8, 0x04, 100, 0xc8, 0x01}},
		{Track{Phase: Holding, Since: -5, SinceFull: Never, Held: -1, Fired: Never}, []byte{1 | 1<<3 | 1<<4, 1, 4}},
		{Track{Since: Never, SinceFull: Never, Held: math.MaxInt64, Fired: Never + 1}, nil},
		{Track{Since: Never, SinceFull: Never, Held: Never + 1, Fired: Never + 1}, nil},
	} {
		b := AppendTrack(nil, c.tr)
		if c.want != nil && !bytes.Equal(b, c.want) {
			t.Errorf("%+v is % x, not % x", c.tr, b, c.want)
		}
		got, rest, err := ReadTrack(b)
		if got != c.tr || len(rest) > 0 || err != nil {
			t.Errorf("%+v comes back as %+v, %v", c.tr, got, err)
		}
		for n := range b {
			if _, _, err := ReadTrack(b[:n]); err == nil {
				t.Errorf("%+v, %d bytes of %d: no error", c.tr, n, len(b))
			}
		}
	}
}

func TestDamagedTracks(t *testing.T) {
	for what, b := range map[string][]byte{
		"phase":                     {3},
		"unknown bit":               {0x80},
		"a severity without firing": {1 << 2},
		"open without a firing":     {2 | 1<<3, 0},
		"open, never held":          {2 | 1<<6, 0},
		"holding since never":       {1 | 1<<3, 0},
		"idle, but since when":      {1<<3 | 1<<4, 0, 0},
		"upper level before":        {1 | 1<<3 | 1<<4 | 1<<5, 0, 1, 2},
		"fired before all time":     {1<<3 | 1<<6, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
		"held at never":             {1 << 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
		"a varint without end":      {1 << 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	} {
		if tr, _, err := ReadTrack(b); err == nil {
			t.Errorf("%s: %+v", what, tr)
		}
	}
}

// Whatever the bytes, there is a track that is written and read back as it is and
// that a rule goes on from, or an error.
func FuzzReadTrack(f *testing.F) {
	f.Add([]byte{0})
	f.Add(AppendTrack(nil, Track{Phase: Open, Severity: Critical, Since: Never, SinceFull: 2, Held: 3, Fired: 1}))
	f.Add(AppendTrack(nil, Track{Phase: Holding, Since: 1, SinceFull: 2, Held: 1 << 40, Fired: Never}))
	f.Fuzz(func(t *testing.T, b []byte) {
		tr, rest, err := ReadTrack(b)
		if err != nil {
			return
		}
		if len(rest) >= len(b) || !bytes.HasSuffix(b, rest) {
			t.Fatalf("%d bytes are left of %d", len(rest), len(b))
		}
		again, _, err := ReadTrack(AppendTrack(nil, tr))
		if err != nil || again != tr {
			t.Fatalf("%+v comes back as %+v, %v", tr, again, err)
		}
		p := Policy{Severity: Critical, For: 10, ResolveAfter: 10, Cooldown: 10}
		for level := Quiet; level <= Full; level++ {
			if next, _ := p.Step(tr, tr.Held+1, level); !next.possible() {
				t.Fatalf("%+v leads to %+v", tr, next)
			}
		}
	})
}
