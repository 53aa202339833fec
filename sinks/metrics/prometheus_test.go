package metrics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// tool is the path of a program of Debian's package prometheus; the test is skipped
// where it is not installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed: apt-get install prometheus", name)
	}
	return path
}

func TestPromtool(t *testing.T) {
	promtool := tool(t, "promtool")
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "testdata/alerts_test.yml"}} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// promtool lints the text as it is scraped, too.
func TestPromtoolMetrics(t *testing.T) {
	c := exec.Command(tool(t, "promtool"), "check", "metrics")
	c.Stdin = strings.NewReader(exposition(t, observed(full())))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// moving has metrics in which every counter moves from scrape to scrape.
func moving() *Metrics {
	var scrapes atomic.Int64
	var m *Metrics
	m = New(func() Snapshot {
		n := scrapes.Add(1)
		s := full()
		for i := range s.Sources {
			x := &s.Sources[i]
			x.Read, x.Accepted, x.Late, x.Rejected = 100*n, 80*n, 10*n, 10*n
			x.Bytes, x.Buffered, x.Duplicate, x.Filtered = 10_000*n, 0, 0, 0
		}
		s.Alerts["wangiri"], s.Storms, s.Rows, s.Checkpoint.Epoch = n, n, 10*n, uint64(n)
		m.ObserveCheckpoint(time.Duration(n) * time.Millisecond)
		m.ObservePublish(time.Millisecond)
		m.ObserveLookup(time.Millisecond)
		m.latency.Observe(float64(n))
		return s
	})
	return m
}

// A real Prometheus scrapes it, has its histograms in both kinds, loads the alert rules,
// and answers every query of the dashboard.
func TestPrometheus(t *testing.T) {
	path := tool(t, "prometheus")
	for name, flags := range map[string][]string{"classic": nil, "native": {"--enable-feature=native-histograms"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startPrometheus(t, path, flags...)
			p.until(t, `up{job="cdrstream"} == 1`)
			p.until(t, `rate(cdrstream_source_records_read_total[10s]) > 0`)
			checkHistograms(t, p, name == "native")
			checkRules(t, p)
			for where, promql := range readDashboard(t).queries() {
				filled := strings.NewReplacer("$__rate_interval", "10s", "$job", "cdrstream", "$instance", ".+").Replace(promql)
				if strings.HasPrefix(where, "annotation") {
					p.query(t, filled) // it is PromQL; mostly it has no result
					continue
				}
				p.until(t, filled)
			}
		})
	}
}

func checkHistograms(t *testing.T, p *server, native bool) {
	t.Helper()
	for _, name := range []string{"alert_latency", "checkpoint_duration", "publish_duration", "lookup_duration"} {
		name = namespace + "_" + name + "_seconds"
		if !native {
			p.until(t, name+`_bucket{le="+Inf"} > 0`)
			continue
		}
		if r := p.until(t, name); len(r) != 1 || r[0].Histogram == nil {
			t.Errorf("%s is not native: %+v", name, r)
		}
	}
}

func checkRules(t *testing.T, p *server) {
	t.Helper()
	var data struct {
		Groups []struct {
			Rules []struct{ Name, Health, LastError string }
		}
	}
	n := 0
	p.get(t, "rules", nil, &data)
	for _, g := range data.Groups {
		for _, r := range g.Rules {
			if n++; r.LastError != "" {
				t.Errorf("%s: %s", r.Name, r.LastError)
			}
		}
	}
	if n == 0 {
		t.Error("no rules are loaded")
	}
}

// server is a Prometheus.
type server struct {
	api string
	log *text
}

// startPrometheus has one scrape the moving metrics, until the test ends.
func startPrometheus(t *testing.T, path string, flags ...string) *server {
	t.Helper()
	target := httptest.NewServer(promhttp.HandlerFor(moving().Registry(), promhttp.HandlerOpts{EnableOpenMetrics: true}))
	t.Cleanup(target.Close)
	rules, err := filepath.Abs("alerts.yml")
	must(t, err)
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	must(t, os.WriteFile(config, fmt.Appendf(nil, `
global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
rule_files: [%q]
scrape_configs: [{job_name: cdrstream, static_configs: [{targets: [%q]}]}]
`, rules, strings.TrimPrefix(target.URL, "http://")), 0o600))
	p := &server{log: &text{said: make(chan string, 1)}}
	c := exec.Command(path, append(flags, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")...)
	c.Stdout, c.Stderr = p.log, p.log
	must(t, c.Start())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-ended
	})
	select {
	case at := <-p.log.said:
		p.api = "http://" + at + "/api/v1/"
	case err := <-ended:
		ended <- err
		t.Fatalf("prometheus ended: %v\n%s", err, p.log)
	case <-time.After(30 * time.Second):
		t.Fatalf("prometheus does not listen:\n%s", p.log)
	}
	return p
}

// text is a log, from which the address that is listened on is said.
type text struct {
	said chan string

	mu sync.Mutex
	b  bytes.Buffer
}

var listening = regexp.MustCompile(`Listening on"? address=(\S+)`)

func (l *text) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.Write(p)
	if m := listening.FindSubmatch(l.b.Bytes()); m != nil && l.said != nil {
		l.said <- string(m[1])
		l.said = nil
	}
	return len(p), nil
}

func (l *text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// series is one of a query's result.
type series struct {
	Metric    map[string]string
	Value     []any
	Histogram []any
}

// query evaluates promql now.
func (p *server) query(t *testing.T, promql string) []series {
	t.Helper()
	var data struct{ Result []series }
	p.get(t, "query", url.Values{"query": {promql}}, &data)
	return data.Result
}

// get asks the API, again as long as it is not ready.
func (p *server) get(t *testing.T, what string, args url.Values, data any) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		r, err := http.Get(p.api + what + "?" + args.Encode())
		must(t, err)
		var answer struct {
			Status, Error string
			Data          json.RawMessage
		}
		err = json.NewDecoder(r.Body).Decode(&answer)
		r.Body.Close()
		switch {
		case r.StatusCode == http.StatusServiceUnavailable && time.Now().Before(deadline):
			continue
		case err != nil || answer.Status != "success":
			t.Fatalf("%s %s: %s, %s, %v\n%s", what, args, r.Status, answer.Error, err, p.log)
		}
		must(t, json.Unmarshal(answer.Data, data))
		return
	}
}

// until waits until promql has a result, which it returns.
func (p *server) until(t *testing.T, promql string) []series {
	t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	deadline := time.After(30 * time.Second)
	for {
		if r := p.query(t, promql); len(r) > 0 {
			return r
		}
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("there is nothing of %s:\n%s", promql, p.log)
		}
	}
}
