package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// known knows everybody.
func known(_ context.Context, number string) ([]byte, error) {
	return json.Marshal(map[string]string{"subscriber": number})
}

// checkPrivate fails unless r is JSON that nobody keeps, an error one that tells no
// number.
func checkPrivate(t *testing.T, r reply) {
	t.Helper()
	if r.header.Get("Cache-Control") != "no-store" || r.header.Get("Content-Type") != "application/json" || r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", r.header)
	}
	var e struct{ Error string }
	if err := json.Unmarshal([]byte(r.body), &e); err != nil {
		t.Errorf("%q: %v", r.body, err)
	}
	if r.status == 200 {
		return
	}
	if e.Error == "" {
		t.Errorf("%d, %q is no error", r.status, r.body)
	}
	if all := fmt.Sprint(r.body, r.header); strings.Contains(all, "4477") {
		t.Errorf("%s tells the number", all)
	}
}

func TestNumbers(t *testing.T) {
	o := options(t)
	o.Lookup = known
	url := start(t, o)
	for _, c := range []struct {
		path string
		want string // the text that is looked up; empty: malformed
	}{
		{number, number},
		{"+" + number, number},
		{"%2B" + number, number},
		{"112", "112"},
		{"imsi:234150999999999", "imsi:234150999999999"},
		{"alice", "alice"},
		{"+alice", "+alice"},
		{"a%2Fb", "a/b"},
		{"%C3%A9", "é"},
		{strings.Repeat("x", maxNumber), strings.Repeat("x", maxNumber)},
		{strings.Repeat("4477", maxNumber/4) + "1", ""},
		{"+", ""},
		{"44%2077", ""},
		{"4477%0A", ""},
		{"4477%00", ""},
		{"4477%FF", ""},
	} {
		r := get(t, url+subscribers+c.path)
		checkPrivate(t, r)
		switch {
		case c.want == "" && r.status != http.StatusBadRequest:
			t.Errorf("%s: %d, %q", c.path, r.status, r.body)
		case c.want != "":
			var got map[string]string
			must(t, json.Unmarshal([]byte(r.body), &got))
			if r.status != 200 || got["subscriber"] != c.want {
				t.Errorf("%s: %d, %q, want %q", c.path, r.status, r.body, c.want)
			}
		}
	}
}

// Nothing answers with a redirect: that would show the path.
func TestUncleanPaths(t *testing.T) {
	o := options(t)
	o.Lookup = known
	url := start(t, o)
	for _, path := range []string{"//" + number, "/./" + number, "/../subscribers/" + number, "/" + number + "/", "/" + number + "//", "/" + number + "/x", "/x%2F..%2F" + number} {
		r := get(t, url+"/v1/subscribers"+path)
		if r.status != 404 {
			t.Errorf("%s: %d", path, r.status)
		}
		checkPrivate(t, r)
	}
}

func TestLookupErrors(t *testing.T) {
	var failure error
	o := options(t)
	o.Lookup = func(context.Context, string) ([]byte, error) { return nil, failure }
	url := start(t, o)
	for _, c := range []struct {
		err   error
		want  int
		retry string
	}{
		{ErrNotFound, 404, ""},
		{fmt.Errorf("%s: %w", number, ErrNotFound), 404, ""},
		{fmt.Errorf("%s: %w", number, ErrMalformed), 400, ""},
		{fmt.Errorf("%s: %w", number, ErrNotReady), 503, "5"},
		{fmt.Errorf("%s: %w", number, context.DeadlineExceeded), 504, ""},
		{fmt.Errorf("%s is odd", number), 500, ""},
		{context.Canceled, 500, ""}, // not by the client
	} {
		failure = c.err
		r := get(t, url+subscribers+number)
		if r.status != c.want || r.header.Get("Retry-After") != c.retry {
			t.Errorf("%v: %d, retry after %q", c.err, r.status, r.header.Get("Retry-After"))
		}
		checkPrivate(t, r)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		r := send(t, plain(t), method, url+subscribers+number)
		if r.status != 405 || r.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, %q", method, r.status, r.body)
		}
		checkPrivate(t, r)
	}
}

func TestLookupTimeout(t *testing.T) {
	o := options(t)
	o.LookupTimeout = time.Millisecond
	var took atomic.Int64
	o.LookedUp = func(d time.Duration) { took.Store(int64(d)) }
	o.Lookup = func(ctx context.Context, _ string) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r := get(t, start(t, o)+subscribers+number)
	if r.status != 504 {
		t.Errorf("%d, %q", r.status, r.body)
	}
	checkPrivate(t, r)
	if d := time.Duration(took.Load()); d < time.Millisecond {
		t.Errorf("it is said to have taken %s", d)
	}
}

func TestPanic(t *testing.T) {
	o := options(t)
	o.Lookup = func(context.Context, string) ([]byte, error) { panic(errors.New("a fault")) }
	url := start(t, o)
	if q, err := plain(t).Get(url + subscribers + number); err == nil {
		q.Body.Close()
		t.Errorf("%s", q.Status)
	}
	if r := get(t, url+"/healthz"); r.status != 200 {
		t.Errorf("then: %d", r.status)
	}
}

// One look-up more than the limit is refused at once; another takes its turn when one
// has ended, or its client has gone.
func TestTooManyLookups(t *testing.T) {
	const limit = 3
	o := options(t)
	o.MaxLookups, o.LookupTimeout = limit, time.Minute
	begun, end, gone := make(chan struct{}, limit), make(chan struct{}), make(chan struct{}, limit)
	o.Lookup = func(ctx context.Context, n string) ([]byte, error) {
		begun <- struct{}{}
		select {
		case <-end:
			return known(ctx, n)
		case <-ctx.Done():
			gone <- struct{}{}
			return nil, ctx.Err()
		}
	}
	url := start(t, o)
	ctx, leave := context.WithCancel(context.Background())
	replies := make(chan int, limit)
	c := plain(t)
	for i := range limit {
		r, err := http.NewRequest(http.MethodGet, url+subscribers+number, nil)
		must(t, err)
		if i == 0 {
			r = r.WithContext(ctx)
		}
		go func() {
			q, err := c.Do(r)
			if err != nil {
				replies <- 0
				return
			}
			q.Body.Close()
			replies <- q.StatusCode
		}()
	}
	for range limit {
		<-begun
	}
	r := get(t, url+subscribers+number)
	if r.status != 429 || r.header.Get("Retry-After") != "1" {
		t.Errorf("one too many: %d, %v", r.status, r.header)
	}
	checkPrivate(t, r)
	if r := get(t, url+"/metrics"); r.status != 200 {
		t.Errorf("metrics meanwhile: %d", r.status)
	}
	leave()
	<-gone
	if got := <-replies; got != 0 {
		t.Errorf("the one who left has %d", got)
	}
	close(end)
	for range limit - 1 {
		if got := <-replies; got != 200 {
			t.Errorf("got %d", got)
		}
	}
	if r := get(t, url+subscribers+number); r.status != 200 {
		t.Errorf("afterwards: %d", r.status)
	}
}
