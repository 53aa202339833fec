package alert

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// scenario is a paragraph of testdata/tracks.txt.
type scenario struct {
	title  string
	policy Policy
	steps  []step
}

type step struct {
	at    cdr.Millis
	level Level
	pass  bool
	want  string // "firing critical"; "": nothing
}

func scenarios(t *testing.T) (all []scenario) {
	t.Helper()
	text, err := os.ReadFile("testdata/tracks.txt")
	if err != nil {
		t.Fatal(err)
	}
	for p := range strings.SplitSeq(string(text), "\n\n") {
		if lines := strings.Split(strings.TrimSpace(p), "\n"); lines[0][0] != '#' {
			all = append(all, parseScenario(t, lines))
		}
	}
	return all
}

func parseScenario(t *testing.T, lines []string) scenario {
	s := scenario{title: lines[0], policy: parsePolicy(t, lines[1])}
	for _, line := range lines[2:] {
		f := strings.Fields(line)
		st := step{at: millis(t, f[0]), pass: f[1] == "pass", want: strings.Join(f[2:], " ")}
		st.level = map[string]Level{"warn": Warn, "full": Full}[f[1]]
		s.steps = append(s.steps, st)
	}
	return s
}

// parsePolicy reads "rule: critical, for 0s, resolve_after 24h, cooldown 24h".
func parsePolicy(t *testing.T, line string) Policy {
	line, ok := strings.CutPrefix(line, "rule: ")
	part := strings.Split(line, ", ")
	if !ok || len(part) != 4 {
		t.Fatalf("%q is no rule", line)
	}
	severity, err := ParseSeverity(part[0])
	if err != nil {
		t.Fatal(err)
	}
	after := func(i int, name string) cdr.Millis {
		text, ok := strings.CutPrefix(part[i], name+" ")
		if !ok {
			t.Fatalf("%q: no %s", line, name)
		}
		return millis(t, text)
	}
	return Policy{Severity: severity, For: after(1, "for"), ResolveAfter: after(2, "resolve_after"), Cooldown: after(3, "cooldown")}
}

func millis(t *testing.T, text string) cdr.Millis {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return cdr.Millis(d.Milliseconds())
}

func (r Report) String() string {
	if !r.Any {
		return ""
	}
	return fmt.Sprint(r.State, " ", r.Severity)
}

func (p *Policy) take(tr Track, s step) (Track, Report) {
	if s.pass {
		return p.Pass(tr, s.at)
	}
	return p.Step(tr, s.at, s.level)
}

// Where a scenario begins does not matter, 1970 included.
func TestTracks(t *testing.T) {
	all := scenarios(t)
	if len(all) < 20 {
		t.Fatalf("only %d scenarios were read", len(all))
	}
	for _, s := range all {
		for _, start := range []cdr.Millis{0, 1_772_000_000_000, -1_000_000} {
			tr := NewTrack()
			for _, st := range s.steps {
				st.at += start
				var r Report
				if tr, r = s.policy.take(tr, st); r.String() != st.want {
					t.Errorf("%s: at %v reports %q, not %q", s.title, time.Duration(st.at-start)*time.Millisecond, r, st.want)
				}
			}
		}
	}
}
