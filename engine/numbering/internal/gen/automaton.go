package main

import (
	"fmt"
	"regexp/syntax"
	"slices"
)

// automaton is a regular expression over digits, made deterministic as far as it
// is walked. State 0 is dead, state 1 the beginning.
type automaton struct {
	prog   *syntax.Prog
	prefix bool // matches as soon as a beginning of the text does
	states []state
	ids    map[string]uint16
}

type state struct {
	threads []uint32 // instructions that consume a digit, ascending
	accepts bool
	next    [10]int32 // -1 not walked yet
}

// newAutomaton compiles expr, which must match the whole text, or with prefix
// the beginning of it.
func newAutomaton(expr string, prefix bool) *automaton {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(fmt.Sprintf("pattern %q: %v", expr, err))
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		panic(fmt.Sprintf("pattern %q: %v", expr, err))
	}
	a := &automaton{prog: prog, prefix: prefix, ids: map[string]uint16{}}
	a.add(nil, false)
	a.add(a.follow([]uint32{uint32(prog.Start)}))
	return a
}

// follow collects the digit-consuming instructions that from leads to without
// consuming, and whether a match may end here.
func (a *automaton) follow(from []uint32) (threads []uint32, accepts bool) {
	seen := map[uint32]bool{}
	for len(from) > 0 {
		pc := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch in := a.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			from = append(from, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			from = append(from, in.Out)
		case syntax.InstMatch:
			accepts = true
		case syntax.InstFail:
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			threads = append(threads, pc)
		default:
			panic(fmt.Sprintf("a pattern uses %v, which this generator does not know", in.Op))
		}
	}
	slices.Sort(threads)
	return threads, accepts
}

func (a *automaton) add(threads []uint32, accepts bool) uint16 {
	key := fmt.Sprint(threads, accepts)
	if id, ok := a.ids[key]; ok {
		return id
	}
	s := state{threads: threads, accepts: accepts}
	for d := range s.next {
		s.next[d] = -1
	}
	id := uint16(len(a.states))
	a.ids[key] = id
	a.states = append(a.states, s)
	return id
}

// step returns the state after digit d.
func (a *automaton) step(id uint16, d int) uint16 {
	s := a.states[id]
	if a.prefix && s.accepts {
		return id
	}
	if s.next[d] < 0 {
		var out []uint32
		for _, pc := range s.threads {
			if in := &a.prog.Inst[pc]; in.MatchRune(rune('0' + d)) {
				out = append(out, in.Out)
			}
		}
		next := a.add(a.follow(out))
		a.states[id].next[d] = int32(next)
	}
	return uint16(a.states[id].next[d])
}

func (a *automaton) accepts(id uint16) bool { return a.states[id].accepts }
