package profile

import (
	"fmt"
	"math/bits"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// detection is how files of the format are told from others.
type detection struct {
	score int
	why   string
	first *regexp.Regexp // of the first line, or of the first bytes of what has no lines
	rows  condition      // of most of the first records
	some  []condition    // each of at least one of the first records
	refer []int          // two cells: some record's first is another's second
}

// detectRows is how many records are looked at.
const detectRows = 20

// Detect is sure, as sure as the profile says, when the first line is as it says and
// at least half of the first records are ones that can be read. Where none is, it has
// nothing to say: there are many profiles.
func (d *Decoder) Detect(head []byte) decode.Match {
	t := &d.f.detect
	if t.score == 0 {
		return decode.Match{}
	}
	if t.first != nil && !t.first.Match(firstLine(head)) {
		return decode.Match{}
	}
	y, skip, err := d.open(head, plainRules())
	if err != nil {
		return decode.Match{}
	}
	l := look{layout: y, state: y.newState(d.cells)}
	l.read(head[skip:], len(head) < decode.MaxHead)
	switch {
	case l.good == 0:
		return decode.Match{}
	case l.good*2 < l.rows:
		return decode.Match{Why: fmt.Sprintf("%d of the first %d records are as the profile says", l.good, l.rows)}
	case bits.OnesCount64(l.seen) < len(t.some):
		return decode.Match{Why: "among the first records are none of a type that the profile wants there"}
	case t.refer != nil && !l.refers():
		return decode.Match{Why: "none of the first records refers to another one"}
	}
	return decode.Match{Score: t.score, Why: t.why}
}

// plainRules are the rules of no source: what Detect reads is not kept.
func plainRules() *decode.Rules {
	return decode.NewRules(&decode.Source{Numbers: new(numbering.Normalizer)})
}

// firstLine is the first line of head that is not blank, without line end.
func firstLine(head []byte) []byte {
	lines := decode.NewLines(head[decode.BOM(head):])
	lines.Next()
	return lines.At.Text
}

// look is what the first records of a file are.
type look struct {
	*layout
	state      *state
	rows, good int
	seen       uint64 // conditions of detection.some
	names      [2][]string
}

// read looks at the first records of head. whole says that head is the whole file.
func (l *look) read(head []byte, whole bool) {
	if l.framing != nil {
		l.frames(head, whole)
		return
	}
	if !whole {
		head = decode.CompleteLines(head)
	}
	lines := decode.NewLines(head)
	for l.rows < detectRows && lines.Next() {
		if b := lines.At.Text; !l.f.trailer.matches(b) && !l.f.header.matches(b) && !l.f.comments(b) {
			l.see(b)
		}
	}
}

func (l *look) frames(head []byte, whole bool) {
	for l.rows < detectRows && len(head) > 0 {
		p := l.framing.Cut(head, whole)
		switch {
		case p.Kind == decode.NeedMore || p.Size == 0:
			return
		case p.Kind == decode.RecordPiece:
			l.see(p.Record.Of(head))
		case p.Kind == decode.JunkPiece:
			l.rows++
		}
		head = head[p.Size:]
	}
}

// see looks at one record.
func (l *look) see(raw []byte) {
	t, r := &l.f.detect, &l.state.record
	l.rows++
	r.reset(raw, r.buf[:0])
	if _, problem := l.layout.read(l.state); problem != "" || !t.rows.holds(r) {
		return
	}
	l.good++
	for i, c := range t.some {
		if c.holds(r) {
			l.seen |= 1 << i
		}
	}
	for i, c := range t.refer {
		l.names[i] = append(l.names[i], string(decode.Trim(r.text(c))))
	}
}

// refers reports whether a record names another.
func (l *look) refers() bool {
	for i, name := range l.names[0] {
		if j := slices.Index(l.names[1], name); name != "" && j >= 0 && j != i {
			return true
		}
	}
	return false
}

// detection reads how files are told.
func (r *reader) detection(n ast.Node) (t detection) {
	ok := r.mapping(n, "detect", entry{
		"score": func(v ast.Node) { t.score = r.number(v, "score", 1, 100) },
		"why":   func(v ast.Node) { t.why, _ = r.text(v, "why") },
		"first": func(v ast.Node) { t.first = r.pattern(v, "first") },
		"rows":  func(v ast.Node) { t.rows = r.condition(v, "rows") },
		"refer": func(v ast.Node) { r.list(v, func(v ast.Node) { t.refer = append(t.refer, r.source(v)) }) },
		"some":  func(v ast.Node) { r.list(v, func(v ast.Node) { t.some = append(t.some, r.condition(v, "some")) }) },
	})
	if ok && (t.score == 0 || t.why == "") {
		r.wrong(placeOf(n), "detect has no score or no why: write score: 1 to 100, and why: for people")
	}
	if len(t.refer) != 0 && len(t.refer) != 2 {
		r.wrong(placeOf(n), "refer must be a list of two sources: what names a record, and its name in another")
	}
	if len(t.some) > maxSome {
		r.wrong(placeOf(n), "some has more than %d conditions", maxSome)
	}
	return t
}

// maxSome is how many conditions some may have.
const maxSome = 64
