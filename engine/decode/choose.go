package decode

import (
	"errors"
	"strings"
)

// RowReader is what a decoder of a text format offers besides: one record at a
// time, for whoever shows records to people. line is without line end; r points
// into it or a copy. problem is the reason it would be rejected for, "" when
// none.
type RowReader interface {
	ReadRow(l Layout, line []byte, r *Row) (problem string)
}

// sure is the score of a decoder that need not be doubted.
const sure = 95

// Choose returns the decoder that is surest of head, and why. Of equals the
// first wins; behind one whose score is 95 or more, no others are asked. The error
// tells what each decoder missed that says so.
func Choose(decoders []Decoder, head []byte) (Decoder, string, error) {
	var best Decoder
	var match Match
	var missed []string
	for _, d := range decoders {
		m := d.Detect(head)
		if m.Score > match.Score {
			best, match = d, m
		}
		if match.Score >= sure {
			break
		}
		if m.Why != "" {
			missed = append(missed, d.Name()+": "+m.Why)
		}
	}
	if best != nil {
		return best, match.Why, nil
	}
	if len(head) == 0 {
		return nil, "", errors.New("the format is unknown: the file is empty")
	}
	return nil, "", errors.New("the format is unknown: name it with --format, or describe it in a profile, see cdrstream profiles --help (" + strings.Join(missed, "; ") + ")")
}
