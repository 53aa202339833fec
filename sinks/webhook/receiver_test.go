package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// receiver is the other end, without a network. It answers with the next of answers,
// and 204 when there are no more.
type receiver struct {
	mu       sync.Mutex
	answers  []reply
	requests []request
	hang     bool // no answer at all, until the request is cancelled
}

type reply struct {
	status int // 0: a broken connection
	after  string
}

type request struct {
	at       time.Time
	header   http.Header
	body     string
	ids      []string
	accepted bool
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	a := reply{status: http.StatusNoContent}
	if len(r.answers) > 0 {
		a, r.answers = r.answers[0], r.answers[1:]
	}
	hang := r.hang
	r.requests = append(r.requests, request{
		at: time.Now(), header: q.Header, body: string(body), ids: idsOf(body),
		accepted: !hang && a.status >= 200 && a.status < 300,
	})
	r.mu.Unlock()
	if hang {
		<-q.Context().Done()
		return nil, q.Context().Err()
	}
	if a.status == 0 {
		return nil, fmt.Errorf("connection reset by peer")
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{"Retry-After": {a.after}, "Location": {"/elsewhere"}}, Body: io.NopCloser(strings.NewReader("thanks"))}, nil
}

func (r *receiver) set(hang bool, answers ...reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hang, r.answers = hang, answers
}

// accepted are the IDs that were acknowledged, in order, each once.
func (r *receiver) accepted() (ids []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	for _, q := range r.requests {
		for _, id := range q.ids {
			if q.accepted && !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (r *receiver) all() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

func idsOf(body []byte) (ids []string) {
	var b struct {
		Alerts []struct {
			ID string `json:"alert_id"`
		}
	}
	if err := json.Unmarshal(body, &b); err != nil {
		panic(err)
	}
	for _, a := range b.Alerts {
		ids = append(ids, a.ID)
	}
	return ids
}

const (
	secretURL = "https://receiver.example/hooks/s3cr3t"
	token     = "t0ken"
)

// alertsOf makes the firing alerts from..to-1 of an epoch.
func alertsOf(epoch uint64, from, to int) (alerts []alert.Alert) {
	for i := from; i < to; i++ {
		at := cdr.Millis(1_772_406_000_000 + int64(epoch)*2000 + int64(i))
		alerts = append(alerts, alert.Alert{
			ID: alert.NewID("fanout", "v1", fmt.Sprint(i), at), Rule: "fanout", Type: "robocall", State: alert.Firing,
			Subscriber: fmt.Sprintf("4917%06d", i), EventTime: at, WindowEnd: at, DetectedAt: at + 77, Summary: "called many",
		})
	}
	return alerts
}

func ids(alerts []alert.Alert) (ids []string) {
	for _, a := range alerts {
		ids = append(ids, a.ID.String())
	}
	return ids
}

// world is a sink, its disk and its receiver.
type world struct {
	*Sink
	t    *testing.T
	disk *disktest.Memory
	to   *receiver
	logs *logs
}

type logs struct {
	mu  sync.Mutex
	all []string
}

func (l *logs) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, s)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all, "\n")
}

func newWorld(t *testing.T, o Options) *world {
	t.Helper()
	return nextWorld(t, &world{disk: disktest.New(), to: &receiver{}, logs: &logs{}}, o)
}

// nextWorld is another process with the same disk and receiver.
func nextWorld(t *testing.T, w *world, o Options) *world {
	t.Helper()
	o.URL, o.Token, o.Transport, o.Disk, o.Log = secretURL, token, w.to, w.disk, w.logs.add
	s, err := New("hook", o)
	must(t, err)
	return &world{Sink: s, t: t, disk: w.disk, to: w.to, logs: w.logs}
}

// epoch writes, prepares and commits one.
func (w *world) epoch(epoch uint64, alerts []alert.Alert) []disk.Staged {
	w.t.Helper()
	must(w.t, w.WriteAlerts(ctx, epoch, alerts))
	list, err := w.Prepare(ctx, epoch)
	must(w.t, err)
	must(w.t, w.Commit(ctx, epoch))
	return list
}
