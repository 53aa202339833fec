package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestRoutes(t *testing.T) {
	o := options(t)
	o.Lookup = known
	url := start(t, o)
	for _, c := range []struct {
		method, path string
		status       int
		typ          string // prefix of the content type
		body         string // it contains this
	}{
		{"GET", "/", 200, "text/html", "v1.2.3"},
		{"HEAD", "/", 200, "text/html", ""},
		{"POST", "/", 405, "text/plain", ""},
		{"GET", "/metrics", 200, "text/plain", "\ncdrstream_test 0\n"},
		{"POST", "/metrics", 405, "text/plain", ""},
		{"GET", "/healthz", 200, "text/plain", "ok\n"},
		{"PUT", "/healthz", 405, "text/plain", ""},
		{"GET", "/readyz", 200, "text/plain", "ok\n"},
		{"DELETE", "/readyz", 405, "text/plain", ""},
		{"GET", "/nothing", 404, "text/plain", ""},
		{"GET", "/debug/pprof/", 404, "text/plain", ""},
		{"GET", "/debug/pprof/heap", 404, "text/plain", ""},
		{"GET", "/v1/", 404, "application/json", `{"error":"there is nothing here`},
		{"GET", "/v1/subscribers", 404, "application/json", `{"error":`},
		{"GET", "/v1/subscribers/", 404, "application/json", `{"error":`},
		{"GET", "/v1/subscribers/" + number, 200, "application/json", `{"subscriber":"` + number + `"}`},
		{"HEAD", "/v1/subscribers/" + number, 200, "application/json", ""},
	} {
		r := send(t, plain(t), c.method, url+c.path)
		if r.status != c.status || !strings.HasPrefix(r.header.Get("Content-Type"), c.typ) || !strings.Contains(r.body, c.body) {
			t.Errorf("%s %s: %d, %s, %q; want %d, %s, %q", c.method, c.path, r.status, r.header.Get("Content-Type"), r.body, c.status, c.typ, c.body)
		}
		if c.status == http.StatusMethodNotAllowed && r.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s %s: allowed is %q", c.method, c.path, r.header.Get("Allow"))
		}
	}
}

func TestLandingPage(t *testing.T) {
	o := options(t)
	url := start(t, o)
	body := get(t, url+"/").body
	for _, link := range []string{"/metrics", "/healthz", "/readyz"} {
		if !strings.Contains(body, `href="`+link+`"`) {
			t.Errorf("no link to %s", link)
		}
	}
	if strings.Contains(body, "debug/pprof") || strings.Contains(body, subscribers) {
		t.Errorf("the page tells of what there is not:\n%s", body)
	}
	if got := get(t, url+subscribers+number).status; got != 404 {
		t.Errorf("a look-up without any: %d", got)
	}
}

func TestOpenMetrics(t *testing.T) {
	url := start(t, options(t))
	r := get(t, url+"/metrics", func(r *http.Request) { r.Header.Set("Accept", "application/openmetrics-text; version=1.0.0") })
	if !strings.HasPrefix(r.header.Get("Content-Type"), "application/openmetrics-text") || !strings.HasSuffix(r.body, "# EOF\n") {
		t.Errorf("%s, %q", r.header.Get("Content-Type"), r.body)
	}
}

// broken yields a metric that is none.
type broken struct{}

func (broken) Describe(chan<- *prometheus.Desc) {}
func (broken) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.NewInvalidMetric(prometheus.NewDesc("cdrstream_broken", "Test.", nil, nil), errors.New("a fault"))
}

// A scrape that is not complete is none, so that it cannot be taken for a whole one.
func TestScrapeFails(t *testing.T) {
	o := options(t)
	o.Gatherer.(*prometheus.Registry).MustRegister(broken{})
	r := get(t, start(t, o)+"/metrics")
	if r.status != 500 || strings.Contains(r.body, "cdrstream_test 0") {
		t.Errorf("%d, %q", r.status, r.body)
	}
}

func TestPprof(t *testing.T) {
	o := options(t)
	o.Pprof = true
	url := start(t, o)
	for path, want := range map[string]string{"": "goroutine", "goroutine?debug=1": "goroutine profile", "cmdline": "web.test", "symbol": "num_symbols"} {
		if r := get(t, url+"/debug/pprof/"+path); r.status != 200 || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d, %.100q", path, r.status, r.body)
		}
	}
	if !strings.Contains(get(t, url+"/").body, "debug/pprof/heap") {
		t.Error("no link to profiles")
	}
}

func TestConditions(t *testing.T) {
	var failed, notReady error
	o := options(t)
	o.Failed, o.NotReady, o.Lookup = func() error { return failed }, func() error { return notReady }, known
	url := start(t, o)
	for _, c := range []struct {
		failed, notReady         error
		healthz, readyz, lookups int
	}{
		{nil, errors.New("the job is not resumed yet: wait"), 200, 503, 503},
		{nil, nil, 200, 200, 200},
		{nil, errors.New("the job stops"), 200, 503, 503},
		{errors.New("the disk is full: make room"), errors.New("the job has failed"), 503, 503, 503},
	} {
		failed, notReady = c.failed, c.notReady
		for _, x := range []struct {
			path string
			want int
			why  error
		}{{"/healthz", c.healthz, c.failed}, {"/readyz", c.readyz, c.notReady}, {subscribers + number, c.lookups, c.notReady}} {
			r := get(t, url+x.path)
			if r.status != x.want || x.why != nil && !strings.Contains(r.body, x.why.Error()) {
				t.Errorf("failed %v, not ready %v: %s: %d, %q", c.failed, c.notReady, x.path, r.status, r.body)
			}
			if r.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s may be cached", x.path)
			}
		}
	}
}
