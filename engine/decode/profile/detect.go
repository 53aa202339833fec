package profile

import (
	"fmt"
	"math/bits"
	"regexp"

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
	rows, good, seen := y.look(d, head[skip:], len(head) < decode.MaxHead)
	switch {
	case good == 0:
		return decode.Match{}
	case good*2 < rows:
		return decode.Match{Why: fmt.Sprintf("%d of the first %d records are as the profile says", good, rows)}
	case bits.OnesCount64(seen) < len(t.some):
		return decode.Match{Why: "among the first records are none of a type that the profile wants there"}
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

// look counts the first records, and those of them that are as the profile says.
func (y *layout) look(d *Decoder, head []byte, whole bool) (rows, good int, seen uint64) {
	s := y.newState(d.cells)
	see := func(record []byte) {
		rows++
		s.record.reset(record, s.record.buf[:0])
		if _, problem := y.read(s); problem == "" && y.f.detect.rows.holds(&s.record) {
			good++
			for i, c := range y.f.detect.some {
				if c.holds(&s.record) {
					seen |= 1 << i
				}
			}
		}
	}
	if y.framing != nil {
		for rows < detectRows && len(head) > 0 {
			p := y.framing.Cut(head, whole)
			if p.Kind == decode.NeedMore || p.Size == 0 {
				break
			}
			if p.Kind == decode.RecordPiece {
				see(p.Record.Of(head))
			} else if p.Kind == decode.JunkPiece {
				rows++
			}
			head = head[p.Size:]
		}
		return rows, good, seen
	}
	if !whole {
		head = decode.CompleteLines(head)
	}
	lines := decode.NewLines(head)
	for rows < detectRows && lines.Next() {
		if b := lines.At.Text; !y.f.trailer.matches(b) && !y.f.header.matches(b) && !y.f.comments(b) {
			see(b)
		}
	}
	return rows, good, seen
}

// detection reads how files are told.
func (r *reader) detection(n ast.Node) (t detection) {
	ok := r.mapping(n, "detect", entry{
		"score": func(v ast.Node) { t.score = r.number(v, "score", 1, 100) },
		"why":   func(v ast.Node) { t.why, _ = r.text(v, "why") },
		"first": func(v ast.Node) { t.first = r.pattern(v, "first") },
		"rows":  func(v ast.Node) { t.rows = r.condition(v, "rows") },
		"some":  func(v ast.Node) { r.list(v, func(v ast.Node) { t.some = append(t.some, r.condition(v, "some")) }) },
	})
	if ok && (t.score == 0 || t.why == "") {
		r.wrong(placeOf(n), "detect has no score or no why: write score: 1 to 100, and why: for people")
	}
	if len(t.some) > maxSome {
		r.wrong(placeOf(n), "some has more than %d conditions", maxSome)
	}
	return t
}

// maxSome is how many conditions some may have.
const maxSome = 64
