package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// check makes sure that the stream is the one that was read up to front, and has
// what follows. With AcceptGap it moves front to where there is something. sure: a doubt
// counts.
func (s *Stream) check(ctx context.Context, i *jetstream.StreamInfo, sure bool) error {
	if i.Config.Retention != jetstream.LimitsPolicy {
		return final{fmt.Errorf("%s: the stream drops messages once they were delivered (retention %s), so that none could be read again: make it one with the retention limits", s.Name(), i.Config.Retention)}
	}
	s.queue.mu.Lock()
	front := s.front
	s.level.first, s.level.expires = i.State.FirstSeq, expires(i)
	s.queue.mu.Unlock()
	if front.created.IsZero() {
		s.moveTo(mark{created: i.Created, next: max(i.State.FirstSeq, 1)})
		return nil
	}
	g, err := s.gap(ctx, &front, i)
	if err != nil || g == nil {
		return err
	}
	err = fmt.Errorf("%s: %s: restore the stream from a backup, or go on %s with --accept-gap", s.Name(), g.text, g.where)
	switch {
	case g.doubtful && !sure:
		return doubtful{err}
	case !s.o.AcceptGap:
		return final{err}
	}
	if g.since > 0 {
		if g.next, err = s.since(ctx, g.since); err != nil {
			return err
		}
	}
	s.moveTo(mark{created: i.Created, next: g.next})
	s.o.Log(fmt.Sprintf("%s: %s: goes on %s, message %d, as the option accept-gap says", s.Name(), g.text, g.where, g.next))
	return nil
}

// moveTo continues at a place that no message led to.
func (s *Stream) moveTo(m mark) {
	s.queue.mu.Lock()
	s.front, s.jumped = m, jump{}
	wake := s.queue.move(m)
	s.queue.mu.Unlock()
	if wake != nil {
		wake()
	}
}

// gap is what the stream has no more.
type gap struct {
	text  string
	where string // it would go on
	next  uint64 // the message there
	since int64  // or, unless 0, the first one stored since then, in ns since 1970

	doubtful bool // a server that has just begun to lead may not know better
}

// gap compares the stream with what was read of it. nil: nothing is missing.
func (s *Stream) gap(ctx context.Context, f *mark, i *jetstream.StreamInfo) (*gap, error) {
	first, last := max(i.State.FirstSeq, 1), i.State.LastSeq
	switch {
	case !i.Created.Equal(f.created):
		return &gap{next: first, where: "with the first message of the new one", text: fmt.Sprintf(
			"the stream was created anew at %s: the one that was created at %s is gone, with its messages from %d on%s",
			clock(i.Created), clock(f.created), f.next, lastRead(f))}, nil
	case f.next > last+1:
		return &gap{doubtful: true, next: last + 1, since: f.after(), where: "with the first message stored after the one last read", text: fmt.Sprintf(
			"the stream ends at message %d, but it had been read up to %d%s: it was rolled back to an earlier state, and what is sent to it now takes the numbers of messages that were read; missing are at least the messages from %d on",
			last, f.next-1, lastRead(f), last+1)}, nil
	case f.next < first:
		return s.purged(f, i), nil
	}
	if g, err := s.replaced(ctx, f, first); g != nil || err != nil {
		return g, err
	}
	return s.deleted(ctx, f, i)
}

func (s *Stream) purged(f *mark, i *jetstream.StreamInfo) *gap {
	first := i.State.FirstSeq
	g := &gap{next: first, where: "with the oldest message that is left"}
	g.text = fmt.Sprintf("%s missing: they expired or were purged before they were read%s", messages(f.next, first), lastRead(f))
	if s.o.Subject != "" {
		g.text = fmt.Sprintf("%s of the stream missing, and it cannot be told how many were of the subject: they expired or were purged before they were read%s", messages(f.next, first), lastRead(f))
	}
	if i.State.Msgs > 0 {
		g.text += fmt.Sprintf("; the oldest that is left is message %d, stored at %s", first, clock(i.State.FirstTime))
	} else {
		g.text += "; the stream is empty"
	}
	return g
}

// replaced looks whether the message last read is still the same.
func (s *Stream) replaced(ctx context.Context, f *mark, first uint64) (*gap, error) {
	if f.last < first {
		return nil, nil
	}
	m, err := s.stored(ctx, f.last)
	if m == nil || err != nil {
		return nil, err
	}
	if m.Time.UnixNano() == f.stored && (f.hash() == "" || f.hash() == hashOf(m.Data)) {
		return nil, nil
	}
	return &gap{since: f.after(), where: "with the first message stored after the one last read", text: fmt.Sprintf(
		"message %d is not the one that was read: that was stored at %s, this one at %s: the stream was rolled back to an earlier state and written on, and messages up to %d stand in it that were never read",
		f.last, clock(f.when()), clock(m.Time), f.last)}, nil
}

// deleted looks whether the messages that the consumer passed over are gone.
func (s *Stream) deleted(ctx context.Context, f *mark, i *jetstream.StreamInfo) (*gap, error) {
	s.queue.mu.Lock()
	j := s.jumped
	s.queue.mu.Unlock()
	if j.from != f.next || j.to <= j.from {
		return nil, nil
	}
	m, err := s.stored(ctx, j.from)
	if m != nil || err != nil {
		return nil, err // it is there: the next consumer delivers it
	}
	return &gap{doubtful: true, next: j.to, where: fmt.Sprintf("with message %d", j.to), text: fmt.Sprintf(
		"%s missing: they were deleted from within the stream, which has lost %d of its messages so%s", messages(j.from, j.to), i.State.NumDeleted, lastRead(f))}, nil
}

// since is the number of the first message stored at or after a time.
func (s *Stream) since(ctx context.Context, ns int64) (uint64, error) {
	at := time.Unix(0, ns)
	c := s.consumer(0)
	c.DeliverPolicy, c.OptStartSeq, c.OptStartTime = jetstream.DeliverByStartTimePolicy, 0, &at
	made, err := s.js.CreateConsumer(ctx, s.o.Stream, c)
	if err != nil {
		return 0, s.worded(err)
	}
	i := made.CachedInfo()
	if err := s.js.DeleteConsumer(ctx, s.o.Stream, i.Name); err != nil {
		return 0, s.worded(err)
	}
	return i.Delivered.Stream + 1, nil
}

// message is a stored message.
type message struct {
	Data []byte    `json:"data"`
	Time time.Time `json:"time"`
}

// stored gets a message from the server that leads the stream; nil: it is not
// there.
func (s *Stream) stored(ctx context.Context, n uint64) (*message, error) {
	subject := jetstream.DefaultAPIPrefix + "STREAM.MSG.GET." + s.o.Stream
	m, err := s.conn.RequestWithContext(ctx, subject, fmt.Appendf(nil, `{"seq":%d}`, n))
	if err != nil {
		return nil, s.worded(err)
	}
	var answer struct {
		Message *message            `json:"message"`
		Error   *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return nil, fmt.Errorf("JetStream: the answer for message %d is not understood: %w", n, err)
	}
	switch {
	case answer.Error != nil && answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, nil
	case answer.Error != nil:
		return nil, s.worded(answer.Error)
	}
	return answer.Message, nil
}

// messages names those from..to-1.
func messages(from, to uint64) string {
	if to == from+1 {
		return fmt.Sprintf("message %d is", from)
	}
	return fmt.Sprintf("messages %d to %d (%d) are", from, to-1, to-from)
}

func lastRead(f *mark) string {
	if f.last == 0 {
		return ""
	}
	return fmt.Sprintf(" (message %d, the last one read, was stored at %s)", f.last, clock(f.when()))
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
