package parquet

import (
	"bytes"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// readable returns f, or a stand-in in which bytes of subscribers that are not
// UTF-8 are replaced by U+FFFD: Parquet's strings must be UTF-8, and a reader
// may refuse the whole file for one that is not. A file with such a row no
// longer says that it is sorted.
func (w *writer) readable(f *feature.Frame) *feature.Frame {
	if utf8.Valid(f.SubscriberText) && allValid(f) {
		return f
	}
	w.ordered = false
	text, offsets := w.text[:0], append(w.offsets[:0], 0)
	for i := range f.Rows {
		text = append(text, bytes.ToValidUTF8(f.Subscriber(i), []byte("\uFFFD"))...)
		offsets = append(offsets, int32(len(text)))
	}
	w.text, w.offsets = text, offsets
	clean := *f
	clean.SubscriberText, clean.SubscriberOffsets = text, offsets
	return &clean
}

// allValid looks at each subscriber of a frame whose whole text is valid: a
// character may be cut between two of them.
func allValid(f *feature.Frame) bool {
	for i := range f.Rows {
		if s := f.Subscriber(i); len(s) > 0 && !utf8.RuneStart(s[0]) {
			return false
		}
	}
	return true
}
