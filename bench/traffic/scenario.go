package traffic

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Kind says what a scenario is.
type Kind uint8

// The kinds.
const (
	Fraud  Kind = iota
	Churn       // a customer who leaves
	Honest      // looks like fraud, and is not
)

var kindNames = [...]string{"fraud", "churn", "honest"}

// String is how the truth file names a kind.
func (k Kind) String() string { return kindNames[k] }

// scenario is a story that some subscribers are given a part in.
type scenario struct {
	name string
	kind Kind
	days int                                                    // the run must have at least so many
	who  func(p *population, s *subscriber, weight uint32) bool // may play it
	play func(c *casting, a *actor)                             // writes the part of an actor
}

// Planting is a scenario and how many subscribers play in it.
type Planting struct {
	Scenario string
	Count    int // 0 = by Config.ScenarioShare
}

// Scenarios returns the names of all scenarios of a kind.
func Scenarios(kind Kind) []string {
	var names []string
	for _, s := range scenarios() {
		if s.kind == kind {
			names = append(names, s.name)
		}
	}
	return names
}

// findScenario returns the scenario of a name.
func findScenario(name string) (*scenario, bool) {
	all := scenarios()
	i := slices.IndexFunc(all, func(s scenario) bool { return s.name == name })
	if i < 0 {
		return nil, false
	}
	return &all[i], true
}

// ParseScenarios reads a list such as "irsf,courier=10": names, the name of a
// kind (fraud, churn, honest) for all of it, all or none; a count may follow.
func ParseScenarios(list string) ([]Planting, error) {
	var out []Planting
	for item := range strings.SplitSeq(list, ",") {
		name, number, counted := strings.Cut(strings.TrimSpace(item), "=")
		count, err := strconv.Atoi(number)
		if counted && (err != nil || count < 1) {
			return nil, fmt.Errorf("%q: a count is a number from 1", item)
		}
		names, err := scenarioNames(name)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if slices.ContainsFunc(out, func(p Planting) bool { return p.Scenario == n }) {
				return nil, fmt.Errorf("%s is there twice", n)
			}
			out = append(out, Planting{n, count})
		}
	}
	return out, nil
}

func scenarioNames(name string) ([]string, error) {
	if name == "none" {
		return nil, nil
	}
	var names []string
	for _, s := range scenarios() {
		if name == "all" || name == s.name || name == s.kind.String() {
			names = append(names, s.name)
		}
	}
	if names == nil {
		return nil, fmt.Errorf("no scenario %q; there are %s; fraud, churn, honest and all stand for several", name, strings.Join(slices.Concat(Scenarios(Fraud), Scenarios(Churn), Scenarios(Honest)), ", "))
	}
	return names, nil
}

// count is how many subscribers play in p.
func (c *Config) count(p Planting) int {
	if p.Count > 0 {
		return p.Count
	}
	perMillion := int64(math.Round(c.ScenarioShare * 1_000_000))
	return max(2, int(int64(c.Subscribers)*perMillion/1_000_000))
}

// checkScenarios names what the run is too short or the network too small for.
func (c *Config) checkScenarios() error {
	bad := func(format string, a ...any) error {
		return &ConfigError{Field: "Scenarios", Reason: fmt.Sprintf(format, a...)}
	}
	total := 0
	var long, short []string
	for i, p := range c.Scenarios {
		s, ok := findScenario(p.Scenario)
		if !ok || p.Count < 0 || slices.ContainsFunc(c.Scenarios[:i], func(q Planting) bool { return q.Scenario == p.Scenario }) {
			return bad("%q is unknown, or there twice, or its count %d negative", p.Scenario, p.Count)
		}
		if short = append(short, s.name); c.Days < s.days {
			short = short[:len(short)-1]
			long = append(long, fmt.Sprintf("%s %d", s.name, s.days))
		}
		total += c.count(p)
	}
	switch {
	case len(long) > 0:
		return bad("%d days are too few for these, which need at least: %s; %s", c.Days, strings.Join(long, ", "), whatFits(short))
	case total > c.Subscribers/4:
		return bad("%d subscribers with a part are more than a quarter of %d; take fewer, or a larger network", total, c.Subscribers)
	}
	return nil
}

func whatFits(names []string) string {
	if len(names) == 0 {
		return "none of the rest was asked for"
	}
	return "the others fit: " + strings.Join(names, ",")
}
