package rules

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// author writes random expressions together with what they mean: the oracle, which
// shares nothing with the package but the words of its documentation.
type author struct {
	*rand.Rand
	locals []string // numbers
	values map[string]meaning
}

// meaning is the value of an expression; a nil is null, a bool or a float64 is not.
type meaning func(v map[string]any) any

var authorFields = []feature.Field{
	{Name: "calls_1h", Window: "1h", Unit: "calls"}, {Name: "calls_24h", Window: "24h", Unit: "calls"}, {Name: "contacts_30d", Window: "30d"},
	{Name: "ratio_24h", Window: "24h", Type: feature.Float64}, {Name: "charge_24h", Window: "24h", Type: feature.Float64},
	{Name: "tenure_days"}, {Name: "home", Type: feature.Bool}, {Name: "known", Type: feature.Bool},
}

func (a *author) feature(types ...feature.Type) (string, meaning) {
	for {
		f := authorFields[a.IntN(len(authorFields))]
		if slices.Contains(types, f.Type) {
			return f.Name, func(v map[string]any) any { return v[f.Name] }
		}
	}
}

func (a *author) literal() (string, float64) {
	texts := []string{"0", "1", "2", "3", "5", "0.5", "2.5", "0.33", "60", "1_000", "1e3", "0x10"}
	values := []float64{0, 1, 2, 3, 5, 0.5, 2.5, 0.33, 60, 1000, 1000, 16}
	i := a.IntN(len(texts))
	return texts[i], values[i]
}

// strictly is an operation that is null when an argument is, or when its result is
// no number.
func strictly(f func(x []float64) float64, args ...meaning) meaning {
	return func(v map[string]any) any {
		x := make([]float64, len(args))
		for i, a := range args {
			n, ok := a(v).(float64)
			if !ok {
				return nil
			}
			x[i] = n
		}
		if y := f(x); !math.IsNaN(y) {
			return y
		}
		return nil
	}
}

func (a *author) whole() (string, meaning) {
	if a.IntN(3) == 0 {
		n := a.IntN(8)
		return fmt.Sprint(n), func(map[string]any) any { return float64(n) }
	}
	return a.feature(feature.Int64)
}

func (a *author) number(depth int) (string, meaning) {
	if depth <= 0 || a.IntN(4) == 0 {
		switch n := a.IntN(6); {
		case n < 2:
			s, x := a.literal()
			return s, func(map[string]any) any { return x }
		case n == 2 && len(a.locals) > 0:
			name := a.locals[a.IntN(len(a.locals))]
			return name, a.values[name]
		}
		return a.feature(feature.Int64, feature.Float64)
	}
	switch a.IntN(9) {
	case 0, 1, 2:
		return a.arithmetic(depth)
	case 3:
		return a.call(depth)
	case 4:
		c, cm := a.condition(depth - 1)
		x, xm := a.number(depth - 1)
		y, ym := a.number(depth - 1)
		return fmt.Sprintf("(%s ? %s : %s)", c, x, y), choose(cm, xm, ym)
	case 5:
		x, xm := a.number(depth - 1)
		y, ym := a.number(depth - 1)
		return fmt.Sprintf("(%s ?? %s)", x, y), instead(xm, ym)
	case 6:
		x, xm := a.whole()
		y, ym := a.whole()
		return fmt.Sprintf("(%s %% %s)", x, y), strictly(func(x []float64) float64 { return math.Mod(x[0], x[1]) }, xm, ym)
	case 7:
		x, xm := a.number(depth - 1)
		// Parentheses, as ?? binds tighter than -.
		return "(-(" + x + "))", strictly(func(x []float64) float64 { return -x[0] }, xm)
	}
	return a.several(depth)
}

func (a *author) arithmetic(depth int) (string, meaning) {
	x, xm := a.number(depth - 1)
	y, ym := a.number(depth - 1)
	f := []struct {
		sign string
		do   func(x []float64) float64
	}{
		{"+", func(x []float64) float64 { return x[0] + x[1] }}, {"-", func(x []float64) float64 { return x[0] - x[1] }},
		{"*", func(x []float64) float64 { return x[0] * x[1] }},
		{"/", func(x []float64) float64 {
			if x[1] == 0 {
				return math.NaN()
			}
			return x[0] / x[1]
		}},
		{"**", func(x []float64) float64 { return math.Pow(x[0], x[1]) }},
	}[min(a.IntN(13)/3, 4)]
	return fmt.Sprintf("(%s %s %s)", x, f.sign, y), strictly(f.do, xm, ym)
}

func (a *author) call(depth int) (string, meaning) {
	x, xm := a.number(depth - 1)
	one := map[string]func(float64) float64{"abs": math.Abs, "floor": math.Floor, "ceil": math.Ceil, "round": math.Round}
	name := []string{"abs", "floor", "ceil", "round"}[a.IntN(4)]
	return name + "(" + x + ")", strictly(func(x []float64) float64 { return one[name](x[0]) }, xm)
}

// several is a function of any number of arguments.
func (a *author) several(depth int) (string, meaning) {
	name := []string{"min", "max", "sum", "mean", "median"}[a.IntN(5)]
	n := 1 + a.IntN(4)
	texts, means := make([]string, n), make([]meaning, n)
	for i := range n {
		texts[i], means[i] = a.number(depth - 2)
	}
	text := name + "([" + strings.Join(texts, ", ") + "])"
	if name == "min" || name == "max" {
		text = name + "(" + strings.Join(texts, ", ") + ")"
	}
	return text, strictly(func(x []float64) float64 {
		total := 0.0
		for _, y := range x {
			total += y
		}
		switch slices.Sort(x); name {
		case "min":
			return x[0]
		case "max":
			return x[len(x)-1]
		case "sum":
			return total
		case "mean":
			return total / float64(len(x))
		}
		if len(x)%2 == 0 {
			return (x[len(x)/2-1] + x[len(x)/2]) / 2
		}
		return x[len(x)/2]
	}, means...)
}

func choose(c, x, y meaning) meaning {
	return func(v map[string]any) any {
		if c(v) == any(true) {
			return x(v)
		}
		return y(v)
	}
}

func instead(x, y meaning) meaning {
	return func(v map[string]any) any {
		if r := x(v); r != nil {
			return r
		}
		return y(v)
	}
}

func (a *author) condition(depth int) (string, meaning) {
	if depth <= 0 {
		if a.IntN(3) == 0 {
			return a.feature(feature.Bool)
		}
		return a.plainComparison()
	}
	switch n := a.IntN(16); {
	case n < 4:
		return a.junction(depth, "and", "&&", false)
	case n < 7:
		return a.junction(depth, "or", "||", true)
	case n == 7:
		c, m := a.condition(depth - 1)
		return []string{"not ", "!"}[a.IntN(2)] + "(" + c + ")", not(m)
	case n == 8:
		return a.membership(depth)
	case n == 9:
		c, cm := a.condition(depth - 1)
		x, xm := a.condition(depth - 1)
		y, ym := a.condition(depth - 1)
		return fmt.Sprintf("(%s ? %s : %s)", c, x, y), choose(cm, xm, ym)
	case n == 10:
		x, xm := a.condition(depth - 1)
		y, ym := a.condition(depth - 1)
		return fmt.Sprintf("((%s) ?? (%s))", x, y), instead(xm, ym)
	case n == 11:
		return a.sameness(depth)
	case n == 12:
		return a.counting(depth)
	case n == 13:
		return a.letting(depth)
	case n == 14:
		return a.plainComparison()
	}
	return a.comparison(depth)
}

func not(m meaning) meaning {
	return func(v map[string]any) any {
		if b, ok := m(v).(bool); ok {
			return !b
		}
		return nil
	}
}

// junction is and (decided by a false) or or (decided by a true).
func (a *author) junction(depth int, word, sign string, decides bool) (string, meaning) {
	x, xm := a.condition(depth - 1)
	y, ym := a.condition(depth - 1)
	w := []string{word, sign}[a.IntN(2)]
	return fmt.Sprintf("(%s %s %s)", x, w, y), func(v map[string]any) any {
		p, q := xm(v), ym(v)
		switch {
		case p == any(decides) || q == any(decides):
			return decides
		case p == nil || q == nil:
			return nil
		}
		return !decides
	}
}

var signs = map[string]func(x, y float64) bool{
	"<": func(x, y float64) bool { return x < y }, "<=": func(x, y float64) bool { return x <= y },
	">": func(x, y float64) bool { return x > y }, ">=": func(x, y float64) bool { return x >= y },
	"==": func(x, y float64) bool { return x == y }, "!=": func(x, y float64) bool { return x != y },
}

func (a *author) sign() string { return []string{"<", "<=", ">", ">=", "==", "!="}[a.IntN(6)] }

func compared(sign string, xm, ym meaning) meaning {
	return func(v map[string]any) any {
		x, ok := xm(v).(float64)
		y, known := ym(v).(float64)
		if !ok || !known {
			return nil
		}
		return signs[sign](x, y)
	}
}

// plainComparison is of a feature with a constant, either way round.
func (a *author) plainComparison() (string, meaning) {
	f, fm := a.feature(feature.Int64, feature.Float64)
	c, x := a.literal()
	cm := func(map[string]any) any { return x }
	s := a.sign()
	switch a.IntN(4) {
	case 0:
		return fmt.Sprintf("%s %s %s", c, s, f), compared(s, cm, fm)
	case 1:
		d, y := a.literal()
		return fmt.Sprintf("(%s ?? %s) %s %s", f, d, s, c), compared(s, instead(fm, func(map[string]any) any { return y }), cm)
	}
	return fmt.Sprintf("%s %s %s", f, s, c), compared(s, fm, cm)
}

func (a *author) comparison(depth int) (string, meaning) {
	x, xm := a.number(depth - 1)
	y, ym := a.number(depth - 1)
	s := a.sign()
	return fmt.Sprintf("%s %s %s", x, s, y), compared(s, xm, ym)
}

func (a *author) membership(depth int) (string, meaning) {
	x, xm := a.number(depth - 1)
	n := 1 + a.IntN(6)
	texts, values := make([]string, n), make([]float64, n)
	for i := range n {
		texts[i], values[i] = a.literal()
	}
	list, has := "["+strings.Join(texts, ", ")+"]", func(y float64) bool { return slices.Contains(values, y) }
	if a.IntN(2) == 0 {
		lo := a.IntN(5)
		hi := lo + a.IntN(5)
		list, has = fmt.Sprintf("%d..%d", lo, hi), func(y float64) bool {
			return y == math.Trunc(y) && y >= float64(lo) && y <= float64(hi)
		}
	}
	m := func(v map[string]any) any {
		y, ok := xm(v).(float64)
		if !ok {
			return nil
		}
		return has(y)
	}
	if a.IntN(2) == 0 {
		return x + " in " + list, m
	}
	return x + " not in " + list, not(m)
}

func (a *author) sameness(depth int) (string, meaning) {
	x, xm := a.condition(depth - 1)
	y, ym := a.condition(depth - 1)
	if a.IntN(3) == 0 {
		y, ym = "true", func(map[string]any) any { return true }
	}
	same := func(v map[string]any) any {
		p, q := xm(v), ym(v)
		if p == nil || q == nil {
			return nil
		}
		return p == q
	}
	if a.IntN(2) == 0 {
		return fmt.Sprintf("((%s) == (%s))", x, y), same
	}
	return fmt.Sprintf("((%s) != (%s))", x, y), not(same)
}

func (a *author) counting(depth int) (string, meaning) {
	n := 1 + a.IntN(3)
	texts, means := make([]string, n), make([]meaning, n)
	for i := range n {
		texts[i], means[i] = a.condition(depth - 2)
	}
	return "count([" + strings.Join(texts, ", ") + "]) >= 1", func(v map[string]any) any {
		yes := false
		for _, m := range means {
			yes = yes || m(v) == any(true)
		}
		return yes
	}
}

func (a *author) letting(depth int) (string, meaning) {
	x, xm := a.number(depth - 1)
	name := fmt.Sprintf("local%d", len(a.values))
	a.values[name] = xm
	a.locals = append(a.locals, name)
	c, m := a.condition(depth - 1)
	a.locals = a.locals[:len(a.locals)-1]
	return fmt.Sprintf("(let %s = %s; %s)", name, x, c), m
}

// vector is random, near the literals, with nulls.
func (a *author) vector(s *Set) (*Vector, map[string]any) {
	v, named := NewVector(s), map[string]any{}
	for _, f := range authorFields {
		i := s.Column(f.Name)
		switch {
		case a.IntN(5) == 0:
			continue
		case f.Type == feature.Bool:
			b := a.IntN(2) == 0
			named[f.Name] = b
			if i >= 0 {
				v.Set(i, bit(b))
			}
			continue
		}
		x := float64(a.IntN(7))
		if a.IntN(4) == 0 {
			x = []float64{60, 16, 1000, 2.5, 0.5, 0.33, -3}[a.IntN(7)]
		}
		if f.Type == feature.Int64 {
			x = math.Trunc(x)
		}
		named[f.Name] = x
		if i >= 0 {
			v.Set(i, x)
		}
	}
	return v, named
}

const seeds = 700

// A rule of random expressions means what its author meant, its closures agree with
// the machine, and it is quiet wherever its gate does not hold.
func TestRandomRules(t *testing.T) {
	gated, spoke, machines := 0, 0, 0
	for seed := range uint64(seeds) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 5)), values: map[string]meaning{}}
		expr, em := a.condition(4)
		support, sm := a.condition(2)
		warn, wm := a.condition(3)
		file := fmt.Sprintf("groups:\n- name: g\n  rules:\n  - id: r\n    severity: critical\n    expr: %q\n    min_support: %q\n    warn: %q\n", expr, support, warn)
		s, _, err := Parse("r.yaml", []byte(file), Options{Fields: authorFields})
		if err != nil {
			if strings.Contains(err.Error(), "depends on no feature") || strings.Contains(err.Error(), "nested more than") {
				continue
			}
			t.Fatalf("seed %d: %v\n%s", seed, err, file)
		}
		r := s.Rules[0]
		m := machineOf(t, s, expr)
		if !closed(t, s, expr) {
			machines++
		}
		if len(r.Gate) > 0 {
			gated++
		}
		for range 60 {
			v, named := a.vector(s)
			want := alert.Quiet
			if sm(named) == any(true) && em(named) == any(true) {
				want = alert.Full
			} else if sm(named) == any(true) && wm(named) == any(true) {
				want = alert.Warn
			}
			if got := r.Level(v); got != want {
				t.Fatalf("seed %d: level %d, want %d, of %v\n%s", seed, got, want, named, file)
			}
			x, known := m.eval(v)
			if got := known && x != 0; got != (em(named) == any(true)) || known != (em(named) != nil) {
				t.Fatalf("seed %d: the machine says %v %v, want %v, of %v\n%s", seed, x, known, em(named), named, expr)
			}
			if want != alert.Quiet {
				spoke++
				if !r.Gate.Holds(v) {
					t.Fatalf("seed %d: level %d, but the gate %v does not hold for %v (columns %v)\n%s", seed, want, r.Gate, named, s.Columns, file)
				}
			}
		}
	}
	if gated < seeds/5 || spoke < seeds || machines < seeds/10 {
		t.Errorf("the expressions are too dull to show anything: %d of %d rules had gates, %d vectors held, %d needed the machine", gated, seeds, spoke, machines)
	}
}

func treeOf(t *testing.T, s *Set, expr string) *tree {
	x, e := newLanguage(authorFields).parse(expr)
	if e != nil {
		t.Fatal(e)
	}
	columns := map[string]int{}
	for i, c := range s.Columns {
		columns[c] = i
	}
	x.bind(columns)
	return x
}

func machineOf(t *testing.T, s *Set, expr string) *machine { return newMachine(treeOf(t, s, expr)) }

func closed(t *testing.T, s *Set, expr string) bool {
	all := true
	treeOf(t, s, expr).walk(func(n *tree) { all = all && n.closed() })
	return all
}
