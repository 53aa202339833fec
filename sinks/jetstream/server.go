package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// server is what the sender needs of a JetStream. No method keeps its arguments.
type server interface {
	// connected reports whether it makes sense to ask for anything.
	connected() bool
	// back returns a channel that gets something when the connection is back, until
	// stop is called. It may be closed.
	back() (c <-chan nats.Status, stop func())
	// look finds the stream, makes sure that it is fit, and reads the last marker.
	look(ctx context.Context) (view, *trouble)
	// quiet reports whether surely nothing was published behind floor, a sequence
	// number of the stream that was created then.
	quiet(ctx context.Context, v view, floor uint64, created time.Time) (bool, *trouble)
	// publish publishes a batch as a whole and returns the sequence number of its
	// last message. With a trouble, it may have been published or not, or will be.
	publish(ctx context.Context, batch []*nats.Msg) (uint64, *trouble)
	// largest is how long a message may be, headers included; 0: nobody knows.
	largest() int
}

// view is a stream at an instant.
type view struct {
	stream  string
	created time.Time
	last    uint64 // sequence number, no later than the marker was looked for
	keeps   bool   // markers can be kept for ever
	most    int    // bytes of a message, 0: the server's own limit
	marker  *marker
	at      uint64 // sequence number of the last message of the marker subject, 0: there is none
}

// remote is a server at the other end of a connection.
type remote struct {
	js  jetstream.JetStream
	opt Options
}

func (r *remote) connected() bool { return r.js.Conn().IsConnected() }

func (r *remote) largest() int { return int(r.js.Conn().MaxPayload()) }

func (r *remote) back() (<-chan nats.Status, func()) {
	c := r.js.Conn().StatusChanged(nats.CONNECTED)
	return c, func() { r.js.Conn().RemoveStatusListener(c) }
}

func (r *remote) marker() string { return r.opt.Subject + markerSuffix }

func (r *remote) look(ctx context.Context) (view, *trouble) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	name, t := r.find(ctx)
	if t != nil {
		return view{}, t
	}
	s, err := r.js.Stream(ctx, name)
	if err != nil {
		return view{}, absent("look at the stream "+name, err)
	}
	info := s.CachedInfo()
	if t := r.fit(&info.Config); t != nil {
		return view{}, t
	}
	v := view{
		stream: name, created: info.Created, last: info.State.LastSeq,
		keeps: info.Config.AllowMsgTTL && info.Config.AllowRollup, most: int(max(info.Config.MaxMsgSize, 0)),
	}
	body, at, t := r.get(ctx, name, fmt.Sprintf(`{"last_by_subj":%q}`, r.marker()))
	v.at = at
	if at > 0 && len(body) > 0 { // an empty one says that a marker has expired (SubjectDeleteMarkerTTL)
		m := readMarker(body)
		v.marker = &m
	}
	return v, t
}

// find returns the name of the stream that captures both subjects.
func (r *remote) find(ctx context.Context) (string, *trouble) {
	name, err := r.js.StreamNameBySubject(ctx, r.opt.Subject)
	if errors.Is(err, jetstream.ErrStreamNotFound) && r.opt.Create != nil {
		return r.create(ctx)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return "", unfitf("no stream captures the subject %s: make one, for instance with: nats stream add NAME --subjects %s,%s --storage file --allow-batch --defaults", r.opt.Subject, r.opt.Subject, r.marker())
	}
	if err != nil {
		return "", absent("look for the stream of "+r.opt.Subject, err)
	}
	other, err := r.js.StreamNameBySubject(ctx, r.marker())
	if err == nil && other == name {
		return name, nil
	}
	if err == nil || errors.Is(err, jetstream.ErrStreamNotFound) {
		return "", unfitf("the stream %s captures %s, but not %s, where the commit markers go: add it to the stream's subjects with: nats stream edit %s --subjects ...,%s", name, r.opt.Subject, r.marker(), name, r.marker())
	}
	return "", absent("look for the stream of "+r.marker(), err)
}

func (r *remote) create(ctx context.Context) (string, *trouble) {
	c := r.opt.Create
	_, err := r.js.CreateStream(ctx, jetstream.StreamConfig{
		Name: c.Stream, Subjects: []string{r.opt.Subject, r.marker()}, Description: "cdrstream",
		Storage: jetstream.FileStorage, MaxAge: c.MaxAge, MaxBytes: noneAs(c.MaxBytes), Replicas: max(c.Replicas, 1),
		AllowAtomicPublish: true, AllowMsgTTL: true, AllowRollup: true,
	})
	switch {
	case errors.Is(err, jetstream.ErrStreamNameAlreadyInUse):
		return "", unfitf("the stream %s is there, but does not capture %s: add it and %s to its subjects, or choose another stream", c.Stream, r.opt.Subject, r.marker())
	case err != nil:
		return "", absent("create the stream "+c.Stream, err)
	}
	return c.Stream, nil
}

// noneAs is a limit as the server wants it.
func noneAs(limit int64) int64 {
	if limit <= 0 {
		return -1
	}
	return limit
}

// fit makes sure that the stream keeps what it takes, and takes batches.
func (r *remote) fit(c *jetstream.StreamConfig) *trouble {
	switch {
	case !c.AllowAtomicPublish:
		return unfitf("the stream %s does not take atomic batches (allow_atomic in its configuration): allow them with: nats stream edit %s --allow-batch; the server must be 2.12 or later", c.Name, c.Name)
	case c.Retention != jetstream.LimitsPolicy:
		return unfitf("the stream %s drops messages once they are consumed, and with them the commit markers: use a stream with the retention \"limits\"", c.Name)
	case c.NoAck:
		return unfitf("the stream %s acknowledges nothing: use one that does", c.Name)
	case c.Sealed:
		return unfitf("the stream %s is sealed: use another one", c.Name)
	case c.SubjectTransform != nil:
		return unfitf("the stream %s changes subjects: use one without a subject transform", c.Name)
	case c.MaxMsgsPerSubject > 0 && c.MaxMsgsPerSubject <= mostBatch:
		return unfitf("the stream %s keeps %d messages of a subject, fewer than one batch has: raise the limit with: nats stream edit %s --max-msgs-per-subject=-1", c.Name, c.MaxMsgsPerSubject, c.Name)
	}
	return nil
}

func unfitf(format string, args ...any) *trouble {
	return &trouble{kind: unfit, text: fmt.Sprintf(format, args...)}
}

// get asks the leader of the stream for a message: a direct get may be answered by
// somebody who is behind. No such message has the sequence number 0.
func (r *remote) get(ctx context.Context, stream, request string) (body []byte, seq uint64, t *trouble) {
	what := "read the last marker of " + r.opt.Subject
	answer, err := r.js.Conn().RequestWithContext(ctx, r.api("STREAM.MSG.GET."+stream), []byte(request))
	if err != nil {
		return nil, 0, absent(what, err)
	}
	var got struct {
		Error   *jetstream.APIError `json:"error"`
		Message *struct {
			Seq  uint64 `json:"seq"`
			Data []byte `json:"data"`
		} `json:"message"`
	}
	switch err := json.Unmarshal(answer.Data, &got); {
	case err != nil:
		return nil, 0, absent(what, err)
	case got.Error != nil && got.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, 0, nil
	case got.Error != nil:
		return nil, 0, absent(what, got.Error)
	case got.Message == nil:
		return nil, 0, absent(what, errors.New("the answer is empty"))
	}
	return got.Message.Data, got.Message.Seq, nil
}

func (r *remote) api(request string) string {
	o := r.js.Options()
	switch {
	case o.APIPrefix != "":
		return strings.TrimSuffix(o.APIPrefix, ".") + "." + request
	case o.Domain != "":
		return "$JS." + o.Domain + ".API." + request
	}
	return "$JS.API." + request
}

func (r *remote) quiet(ctx context.Context, v view, floor uint64, created time.Time) (bool, *trouble) {
	if !v.created.Equal(created) {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	_, seq, t := r.get(ctx, v.stream, fmt.Sprintf(`{"seq":%d,"next_by_subj":%q}`, floor+1, r.opt.Subject))
	if t != nil || seq != 0 {
		return false, t
	}
	s, err := r.js.Stream(ctx, v.stream)
	if err != nil {
		return false, absent("look at the stream "+v.stream, err)
	}
	return s.CachedInfo().State.FirstSeq <= floor+1, nil
}

func (r *remote) publish(ctx context.Context, batch []*nats.Msg) (uint64, *trouble) {
	what := "publish to " + r.opt.Subject
	limited, cancel := r.whileConnected(ctx)
	defer cancel()
	// The marker's answer is that of all messages.
	ack, err := jetstreamext.PublishMsgBatch(limited, r.js, batch, jetstreamext.BatchFlowControl{})
	switch {
	case err == nil:
		return ack.Sequence, nil
	case errors.Is(err, context.Canceled) && ctx.Err() == nil:
		return 0, &trouble{kind: away, text: what + ": the connection was lost before the answer"}
	}
	return 0, absent(what, err)
}

// whileConnected limits ctx to the time that an answer may take, and to that of the
// connection: the client would go on waiting for an answer that it cannot get.
func (r *remote) whileConnected(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	lost := r.js.Conn().StatusChanged(nats.DISCONNECTED, nats.RECONNECTING, nats.CLOSED)
	go func() {
		defer cancel()
		select {
		case <-lost:
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel()
		r.js.Conn().RemoveStatusListener(lost)
	}
}
