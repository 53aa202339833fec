package window

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Lasting measures stand side by side, brief ones around them, and what is packed of a row of
// lasting words is read again by their own layout.
func TestDayLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		measures := measuresOfKinds(t)
		brief := map[string]bool{}
		for _, m := range measures {
			brief[m.Name] = rapid.Bool().Draw(t, "brief")
		}
		l := NewDayLayout(measures, func(m Measure) bool { return brief[m.Name] })
		own, before := l.OfLasting(), l.WithoutBrief()
		for i, m := range l.Measures {
			f := l.Fields[i]
			lasts := !brief[m.Name] || m.Kind == Max || m.Kind == Squares
			if in := l.Lasting.From <= f.Word && f.Word < l.Lasting.To; in != lasts {
				t.Fatalf("%s, kind %d, brief %v, stands in word %d; %v last", m.Name, m.Kind, brief[m.Name], f.Word, l.Lasting)
			}
			n, ok := own.Index(m.Name)
			if ok != lasts || ok && (own.Fields[n] != Field{f.Word - l.Lasting.From, f.Shift, f.Mask} || own.Measures[n] != m) {
				t.Fatalf("%s stands at %+v, among lasting ones %v", m.Name, f, ok)
			}
			if _, ok := before.Index(m.Name); !ok {
				t.Fatalf("%s had no place", m.Name)
			}
		}
		if want := NewLayout(measures); before.String() != want.String() || len(before.Measures) != len(l.Measures) {
			t.Fatalf("without brief ones the layout is\n%s, want\n%s", before.String(), want.String())
		}
		row := rapid.SliceOfN(rapid.Uint64(), l.Words, l.Words).Draw(t, "row")
		got, packed := make([]uint64, own.Words), own.Pack(nil, l.Lasting.Of(row))
		if n := own.ReadPacked(got, packed); n != len(packed) || !slices.Equal(got, l.Lasting.Of(row)) {
			t.Fatalf("%v becomes %v", l.Lasting.Of(row), got)
		}
		for w := range own.Words {
			if own.IsMax(w) != l.IsMax(w+l.Lasting.From) {
				t.Fatalf("word %d holds a maximum: %v", w, own.IsMax(w))
			}
		}
	})
}
