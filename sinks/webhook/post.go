package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// answer is what became of a request.
type answer struct {
	verdict verdict
	problem string        // in messages
	after   time.Duration // try again no sooner
}

type verdict uint8

const (
	taken verdict = iota
	refused
	later // it may be taken another time
)

// longest is how much of an answer is read, so that its connection can be used again.
const longest = 64 << 10

// poster sends requests.
type poster struct {
	url, token string
	timeout    time.Duration
	client     *http.Client
}

func newPoster(o Options) *poster {
	return &poster{
		url: o.URL, token: o.Token, timeout: o.Timeout,
		client: &http.Client{
			Transport: o.Transport,
			// A redirect may lead anywhere, and turns a POST into a GET.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// post sends one batch.
func (p *poster) post(ctx context.Context, b *batch) answer {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(b.body))
	if err != nil {
		return answer{verdict: later, problem: plain(err)}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", b.key)
	r.Header.Set("User-Agent", "cdrstream")
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return answer{verdict: later, problem: plain(err)}
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, longest)
	return judge(resp.StatusCode, resp.Header.Get("Retry-After"))
}

// judge reads a status and the Retry-After that came with it (RFC 9110, section
// 10.2.3).
func judge(status int, retryAfter string) answer {
	a := answer{verdict: refused, problem: fmt.Sprint("status ", status)}
	switch {
	case status >= 200 && status < 300:
		a.verdict = taken
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		a.verdict = later
		a.after = min(waitFor(retryAfter), maxRetryAfter)
	}
	return a
}

func waitFor(retryAfter string) time.Duration {
	if s, err := strconv.ParseUint(retryAfter, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(retryAfter); err == nil {
		return time.Until(t)
	}
	return 0
}

// plain is the problem without the URL, which may hold a secret.
func plain(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "no answer before the end of the run"
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}
