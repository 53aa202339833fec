package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// patience is how long anything may take.
const patience = 20 * time.Second

// live is a `cdrstream serve` that a test runs.
type live struct {
	t     *testing.T
	args  []string
	cmd   *exec.Cmd
	http  string // base URL
	lines chan string
	ended chan struct{}
}

// serveLive starts serve and waits until it has begun.
func serveLive(t *testing.T, args ...string) *live {
	t.Helper()
	l := &live{t: t, args: append([]string{"serve", "--listen", "127.0.0.1:0", "--nats-listen", "127.0.0.1:0"}, args...)} // the last of two flags counts
	l.start()
	t.Cleanup(func() { _ = l.cmd.Process.Kill(); <-l.ended })
	return l
}

var listens = regexp.MustCompile(`msg=HTTP listens=(\S+)`)

func (l *live) start() {
	l.t.Helper()
	l.cmd = exec.Command("cdrstream", l.args...)
	stderr, err := l.cmd.StderrPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	lines, ended := make(chan string, 1000), make(chan struct{})
	l.ended = ended
	go func() {
		defer close(ended)
		for s := bufio.NewScanner(stderr); s.Scan(); {
			select {
			case lines <- s.Text():
			default:
			}
		}
		_ = l.cmd.Wait()
	}()
	l.lines = lines
	l.http = ""
	for l.http == "" {
		if m := listens.FindStringSubmatch(l.line()); m != nil {
			l.http = "http://" + m[1]
		}
	}
	l.until("it is ready", func() bool {
		_, _ = l.get("/metrics") // which may be scraped at any time
		code, _ := l.get("/readyz")
		return code == http.StatusOK
	})
}

// line returns the next line of its log.
func (l *live) line() string {
	l.t.Helper()
	select {
	case s := <-l.lines:
		l.t.Log(s)
		return s
	case <-l.ended:
		select {
		case s := <-l.lines:
			return s
		default:
		}
		l.t.Fatal("serve has ended")
	case <-time.After(patience):
		l.t.Fatal("serve says nothing")
	}
	return ""
}

func (l *live) get(path string) (code int, body string) {
	r, err := http.Get(l.http + path)
	if err != nil {
		return 0, ""
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(b)
}

// until waits for something that serve comes to.
func (l *live) until(what string, done func() bool) {
	l.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !done(); <-tick.C {
		select {
		case <-l.ended:
			for len(l.lines) > 0 {
				l.t.Log(<-l.lines)
			}
			l.t.Fatalf("serve ended before %s", what)
		default:
		}
		if time.Now().After(end) {
			for len(l.lines) > 0 {
				l.t.Log(<-l.lines)
			}
			_, text := l.get("/metrics")
			for line := range strings.Lines(text) {
				if strings.HasPrefix(line, "cdrstream_source") {
					l.t.Log(line)
				}
			}
			l.t.Fatalf("%s: not in %s", what, patience)
		}
	}
}

// kill ends it as a power cut would.
func (l *live) kill() {
	_ = l.cmd.Process.Kill()
	<-l.ended
}

// stop has it end of itself.
func (l *live) stop() {
	l.t.Helper()
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		l.t.Fatal(err)
	}
	<-l.ended
	if code := l.cmd.ProcessState.ExitCode(); code != 0 {
		for len(l.lines) > 0 {
			l.t.Log(<-l.lines)
		}
		l.t.Fatalf("exit code %d", code)
	}
}

// program runs cdrstream and returns what it printed.
func program(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.Command("cdrstream", args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %v: %s", args, err, errs.String())
	}
	return out.String()
}

// liveTraffic writes some days of records, and one three days later, which closes all
// periods before it. It returns the header row, the records and that one's date.
func liveTraffic(t *testing.T, seed int) (header string, records []string, last string) {
	t.Helper()
	program(t, "generate", "--subscribers", "400", "--days", "4", "--seed", fmt.Sprint(seed), "--columns", "lean", "--out", "raw.csv")
	b, err := os.ReadFile("raw.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	header, records = lines[0], lines[1:]
	columns, fields := strings.Split(header, ","), strings.Split(records[len(records)-1], ",")
	at := slices.Index(columns, "start_time")
	when, err := time.Parse(time.RFC3339, fields[at])
	if err != nil {
		t.Fatal(err)
	}
	when = when.Add(72 * time.Hour)
	fields[at], fields[slices.Index(columns, "record_id")] = when.Format(time.RFC3339), "last"
	records = append(records, strings.Join(fields, ","))
	text := header + "\n" + strings.Join(records, "\n") + "\n"
	if err := os.WriteFile("traffic.csv", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return header, records, when.Format(time.DateOnly)
}

// sameOutput compares what serve wrote with a replay of the same records: rows and
// alerts of all days before the last one.
func sameOutput(t *testing.T, live, replay, last string) {
	t.Helper()
	rows, alerts := 0, 0
	days, err := filepath.Glob(filepath.Join(replay, "features", "date=*"))
	if err != nil || len(days) < 4 {
		t.Fatalf("%d days, %v", len(days), err)
	}
	for _, day := range days {
		if filepath.Base(day) >= "date="+last {
			continue
		}
		want := program(t, "features", "show", "--limit", "0", day)
		got := program(t, "features", "show", "--limit", "0", filepath.Join(live, "features", filepath.Base(day)))
		if n := sameLines(t, filepath.Base(day), got, want); n > 0 {
			rows += n
		}
	}
	want, got := alertLines(t, replay, last), alertLines(t, live, last)
	alerts = sameLines(t, "alerts", got, want)
	if rows < 1000 || alerts < 3 {
		t.Errorf("only %d rows and %d alerts", rows, alerts)
	}
	t.Logf("%d rows, %d alerts", rows, alerts)
}

// sameLines compares lines in any order, and returns how many there are.
func sameLines(t *testing.T, what, got, want string) int {
	t.Helper()
	g, w := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	slices.Sort(g)
	slices.Sort(w)
	if !slices.Equal(g, w) {
		t.Errorf("%s: %d lines, a replay gives %d", what, len(g), len(w))
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Errorf(" got %.300s\nwant %.300s", g[i], w[i])
				break
			}
		}
	}
	return len(w)
}

// alertLines are the alerts before a day, without when they were found.
func alertLines(t *testing.T, dir, before string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "alerts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		var a map[string]any
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if at, _ := a["event_time"].(string); at >= before {
			continue
		}
		delete(a, "detected_at")
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return strings.Join(out, "\n")
}

// publishBlocks publishes records, so many a message, and tries for as long as it takes.
func publishBlocks(ctx context.Context, js jetstream.JetStream, subject, header string, records []string, size int) error {
	for len(records) > 0 {
		n := min(size, len(records))
		m := nats.NewMsg(subject)
		m.Header["Cdr-Format"], m.Header["Cdr-Head"] = []string{"csv"}, []string{header}
		m.Header["Nats-Msg-Id"] = []string{records[0]}
		m.Data = []byte(strings.Join(records[:n], "\n"))
		for {
			_, err := js.PublishMsg(ctx, m)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
		}
		records = records[n:]
	}
	return nil
}

// TestServeSame: records that come through NATS give the rows and alerts of a replay,
// though the job is killed again and again, and the server restarted.
func TestServeSame(t *testing.T) {
	t.Chdir(t.TempDir())
	const seed = 11
	header, records, last := liveTraffic(t, seed)
	program(t, "replay", "--lateness", "10s", "--out", "replay", "traffic.csv")
	n := natstest.Run(t, nil)
	js := n.JetStream()
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "CDR", Subjects: []string{"cdr.>"}}); err != nil {
		t.Fatal(err)
	}
	args := []string{"--nats-url", n.URL(), "--idle-timeout", "0s", "--checkpoint-every", "100ms", "--out", "live"}
	l := serveLive(t, args...)
	r := rand.New(rand.NewPCG(seed, 1))
	const parts = 9
	for i := range parts {
		part := records[i*len(records)/parts : (i+1)*len(records)/parts]
		published := make(chan error, 1)
		size := 1 + r.IntN(60)
		go func() { published <- publishBlocks(t.Context(), js, "cdr.a", header, part, size) }()
		enough := i*len(records)/parts + r.IntN(len(part))
		l.until(fmt.Sprint(enough, " records are read"), func() bool { return l.value(recordsRead) >= enough })
		if i%3 == 2 {
			n.Stop()
			n.Start()
		} else {
			l.kill()
			l.start()
		}
		if err := <-published; err != nil {
			t.Fatal(err)
		}
	}
	l.until("all records are read", func() bool { return l.value(recordsRead) == len(records) })
	l.stop()
	sameOutput(t, "live", "replay", last)
}

const recordsRead = `cdrstream_source_records_read_total{source="jetstream:CDR"}`

// value is what it exports of a metric, -1 if nothing.
func (l *live) value(metric string) int {
	_, text := l.get("/metrics")
	_, text, found := strings.Cut(text, "\n"+metric+" ")
	var v float64
	if _, err := fmt.Sscan(text, &v); err != nil || !found {
		return -1
	}
	return int(v)
}

// TestServeGap: messages that expired before they were read end the job with a
// sentence, and --accept-gap goes on without them.
func TestServeGap(t *testing.T) {
	t.Chdir(t.TempDir())
	header, records, _ := liveTraffic(t, 12)
	n := natstest.Run(t, nil)
	js := n.JetStream()
	stream, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "CDR", Subjects: []string{"cdr.>"}})
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--nats-url", n.URL(), "--idle-timeout", "0s", "--checkpoint-every", "100ms"}
	publish := func(part []string) {
		t.Helper()
		if err := publishBlocks(t.Context(), js, "cdr.a", header, part, 10); err != nil {
			t.Fatal(err)
		}
	}
	publish(records[:100])
	l := serveLive(t, args...)
	l.until("what is there is read", func() bool { return l.value(recordsRead) == 100 })
	l.stop()
	publish(records[100:300])
	if err := stream.Purge(t.Context(), jetstream.WithPurgeSequence(21)); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	c := exec.Command("cdrstream", l.args...)
	c.Stderr = &errs
	err = c.Run()
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	last := lines[len(lines)-1]
	var e *exec.ExitError
	if !errors.As(err, &e) || e.ExitCode() != exitRun || !strings.HasPrefix(last, "cdrstream: ") {
		t.Fatalf("%v: %s", err, last)
	}
	for _, want := range []string{"jetstream:CDR", "11", "20", "--accept-gap"} {
		if !strings.Contains(last, want) {
			t.Errorf("the message lacks %q: %s", want, last)
		}
	}
	l = serveLive(t, append(args, "--accept-gap")...)
	l.until("the rest is read", func() bool { return l.value(recordsRead) == 200 })
	l.stop()
}

// TestServeOwnServer: what publish feeds to the server inside serve gives the rows and
// alerts of a replay, though both die on the way.
func TestServeOwnServer(t *testing.T) {
	t.Chdir(t.TempDir())
	const seed = 13
	_, records, last := liveTraffic(t, seed)
	program(t, "replay", "--lateness", "10s", "--out", "replay", "traffic.csv")
	at := freeAddress(t)
	l := serveLive(t, "--nats-listen", at, "--idle-timeout", "0s", "--checkpoint-every", "100ms", "--out", "live")
	killed, published := feeding(t, "--quiet", "--nats-url", "nats://"+at, "--block", "20", "--rate", "4000/s", "traffic.csv")
	r := rand.New(rand.NewPCG(seed, 1))
	for i := 1; i <= 4; i++ {
		enough := r.IntN(len(records)*i/5) + 1
		l.until(fmt.Sprint(enough, " records are read"), func() bool { return l.value(recordsRead) >= enough })
		if i%2 == 0 {
			select {
			case killed <- struct{}{}:
			case <-published:
			}
			continue
		}
		l.kill()
		l.start()
	}
	<-published
	l.until("all records are read", func() bool { return l.value(recordsRead) == len(records) })
	l.stop()
	sameOutput(t, "live", "replay", last)
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// feeding runs publish until it has published everything. What is sent on killed
// kills the present one.
func feeding(t *testing.T, args ...string) (killed chan<- struct{}, published <-chan struct{}) {
	kill, done := make(chan struct{}), make(chan struct{})
	ctx := t.Context()
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			one, cancel := context.WithCancel(ctx)
			ended := make(chan error, 1)
			go func() { ended <- exec.CommandContext(one, "cdrstream", append([]string{"publish"}, args...)...).Run() }()
			select {
			case <-kill:
				cancel()
				<-ended
			case err := <-ended:
				cancel()
				if err == nil {
					return
				}
			}
		}
	}()
	return kill, done
}

// TestServeRefuses: what would go wrong later is told at once, in one line.
func TestServeRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"--alerts-to cdr.alerts", "nats.alerts_to: cdr.alerts is read by jetstream:CDR, and"},
		{"--features-to cdr.a.b --stream CDR/cdr.*.b", "nats.features_to: cdr.a.b is read by jetstream:CDR/cdr.*.b, and"},
		{"--features-to a.b --subject a.>", "nats.features_to: a.b is read by nats-at-most-once:a.>, and"},
		{"--format xml", `unknown format "xml": cdrstream profiles list lists the formats`},
		{"--nats-token-file token", "nats.token_file is of no use to the NATS server inside cdrstream: name"},
		{"--spool in --retire jetstream:CDR", "--retire jetstream:CDR: state holds no job that reads it: cdrstream checkpoint inspect"},
	} {
		t.Run(c.args, func(t *testing.T) {
			var errs bytes.Buffer
			cmd := exec.Command("cdrstream", append([]string{"serve", "--quiet", "--listen", "127.0.0.1:0", "--nats-listen", "127.0.0.1:0"}, strings.Fields(c.args)...)...)
			cmd.Stderr = &errs
			err := cmd.Run()
			var e *exec.ExitError
			if !errors.As(err, &e) || e.ExitCode() != exitUsage {
				t.Errorf("%v", err)
			}
			if text := errs.String(); !strings.HasPrefix(text, "cdrstream: "+c.want) || strings.Count(text, "\n") != 1 {
				t.Errorf("it says %q", text)
			}
		})
	}
}

// TestServeRetire: a source is retired once, and stays so.
func TestServeRetire(t *testing.T) {
	t.Chdir(t.TempDir())
	header, records, _ := liveTraffic(t, 14)
	n := natstest.Run(t, nil)
	js := n.JetStream()
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "CDR", Subjects: []string{"cdr.>"}}); err != nil {
		t.Fatal(err)
	}
	for i, subject := range []string{"cdr.a", "cdr.b"} {
		if err := publishBlocks(t.Context(), js, subject, header, records[100*i:100*(i+1)], 10); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"--nats-url", n.URL(), "--checkpoint-every", "100ms", "--stream", "CDR/cdr.a"}
	l := serveLive(t, append(args, "--stream", "CDR/cdr.b")...)
	l.until("what is there is read", func() bool {
		_, text := l.get("/metrics")
		return regexp.MustCompile(`(?s)records_read_total\{source="jetstream:CDR/cdr.a"\} 100.*records_read_total\{source="jetstream:CDR/cdr.b"\} 100`).MatchString(text)
	})
	l.stop()
	l = serveLive(t, append(args, "--retire", "jetstream:CDR/cdr.b")...)
	l.stop()
	serveLive(t, args...).stop()
}

// TestServeSpool: files that are dropped one by one give the rows and alerts of a
// replay, though the job is killed on the way, and all end in the archive.
func TestServeSpool(t *testing.T) {
	t.Chdir(t.TempDir())
	const seed, files = 14, 12
	header, records, last := liveTraffic(t, seed)
	program(t, "replay", "--lateness", "10s", "--out", "replay", "traffic.csv")
	if err := os.MkdirAll("spool", 0o700); err != nil {
		t.Fatal(err)
	}
	l := serveLive(t, "--spool", "spool", "--spool-quiet", "0s", "--checkpoint-every", "100ms", "--out", "live")
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range files {
		part := records[i*len(records)/files : (i+1)*len(records)/files]
		name := fmt.Sprintf("spool/cdr-%03d.csv", i)
		if err := os.WriteFile(name+".tmp", []byte(header+"\n"+strings.Join(part, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(name+".tmp", name); err != nil {
			t.Fatal(err)
		}
		if r.IntN(3) == 0 {
			l.kill()
			l.start()
		}
	}
	const spoolRead = `cdrstream_source_records_read_total{source="spool"}`
	l.until("all records are read", func() bool { return l.value(spoolRead) == len(records) })
	l.until("all files are archived", func() bool {
		left, err := filepath.Glob("spool/*.csv")
		return err == nil && len(left) == 0
	})
	l.stop()
	archived, err := filepath.Glob("spool/.archive/*/*.csv")
	if err != nil || len(archived) != files {
		t.Errorf("%d files are archived, %v", len(archived), err)
	}
	sameOutput(t, "live", "replay", last)
}
