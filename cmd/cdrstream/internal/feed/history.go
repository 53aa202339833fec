package feed

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source/file"
)

// maxHistory is how many files back the marks of a subject are followed.
const maxHistory = 10_000

// place is where a file is begun.
type place struct {
	path string
	from *Mark // go on behind it; nil: at the beginning
	done bool  // nothing of it is left to publish
}

// last is the last message of the subject.
func (f *Feed) last(ctx context.Context) (seq uint64, mark *Mark, err error) {
	m, err := f.stream.GetLastMsgForSubject(ctx, f.o.Subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	mark, err = readMark(m.Header)
	if err != nil {
		return 0, nil, fmt.Errorf("message %d of the stream %s: %w: publish to another subject", m.Sequence, f.o.Stream, err)
	}
	return m.Sequence, mark, nil
}

// places finds out what of the files was published before. mark is that of the
// last message of the subject.
func (f *Feed) places(ctx context.Context, paths []string, mark *Mark) ([]place, error) {
	h := &history{feed: f, places: make([]place, len(paths)), left: len(paths)}
	for i, p := range paths {
		h.places[i].path = p
	}
	if err := h.follow(ctx, mark); err != nil {
		return nil, err
	}
	h.assume()
	return h.places, nil
}

// history finds given files in the marks of a subject, latest first.
type history struct {
	feed   *Feed
	places []place
	left   int // files that were not found yet
	cut    bool
	first  int // index of the latest file that was found among those given, -1 none
}

func (h *history) follow(ctx context.Context, mark *Mark) error {
	h.first = -1
	for n := 0; mark != nil && h.left > 0; n++ {
		if n == maxHistory {
			h.cut = true
			return nil
		}
		i, err := h.find(ctx, mark)
		if err != nil {
			return err
		}
		if i >= 0 && n > 0 && !h.places[i].done {
			h.feed.o.Warn(fmt.Sprintf("%s was published up to byte %d, and other files after it: the rest follows them", h.places[i].path, mark.At.Offset))
		}
		if i >= 0 && h.first < 0 {
			h.first = i
		}
		if mark.Previous == 0 {
			return nil
		}
		m, err := h.feed.stream.GetMsg(ctx, mark.Previous)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			h.cut = true
			return nil
		}
		if err != nil {
			return fmt.Errorf("the stream %s: read message %d: %w", h.feed.o.Stream, mark.Previous, err)
		}
		if m.Subject != h.feed.o.Subject {
			h.cut = true // the stream is not the one it was
			return nil
		}
		if mark, err = readMark(m.Header); err != nil {
			return fmt.Errorf("message %d of the stream %s: %w", m.Sequence, h.feed.o.Stream, err)
		}
	}
	return nil
}

// find returns the index of the file that the mark is of, -1 if it is none of
// those that are left. One of the same name is looked at first; one of another
// name is the same if it also has the size.
func (h *history) find(ctx context.Context, mark *Mark) (int, error) {
	if mark.Read == nil {
		return -1, nil
	}
	for _, named := range []bool{true, false} {
		for i := range h.places {
			p := &h.places[i]
			if p.from != nil || p.done || (baseName(p.path) == mark.Name) != named {
				continue
			}
			same, err := h.is(ctx, p, mark, named)
			if same || err != nil {
				h.left--
				return i, err
			}
		}
	}
	return -1, nil
}

// is compares a file with a mark, and if it is the same notes where to go on.
func (h *history) is(ctx context.Context, p *place, mark *Mark, named bool) (bool, error) {
	f, err := h.feed.o.Open(ctx, p.path, file.Options{})
	if err != nil {
		return false, err
	}
	defer f.Close()
	if f.Size() < 0 || !named && f.Size() != mark.Size {
		return false, nil
	}
	if err := f.Check(*mark.Read); err != nil {
		return false, nil
	}
	p.from = mark
	p.done = mark.End && (f.Size() == mark.Size || !file.MayGrow(*mark.Read))
	return true, nil
}

// assume takes the files before one that was found for published, where the
// stream no longer holds what would tell.
func (h *history) assume() {
	if !h.cut || h.first < 0 {
		return
	}
	for i := range h.places[:h.first] {
		if p := &h.places[i]; p.from == nil && !p.done {
			p.done = true
			h.feed.o.Warn(fmt.Sprintf("%s stands before %s and is taken for published: the stream no longer holds what was published before that (--again publishes it)",
				p.path, h.places[h.first].path))
		}
	}
}
