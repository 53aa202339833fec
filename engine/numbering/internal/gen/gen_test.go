package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
	pn "github.com/nyaruka/phonenumbers"
)

// TestPlanIsCurrent builds the table anew from the library in go.mod.
func TestPlanIsCurrent(t *testing.T) {
	have, err := os.ReadFile("../../plan.bin")
	if err != nil {
		t.Fatal(err)
	}
	old, err := table.Decode(string(have))
	if err != nil {
		t.Fatal(err)
	}
	want, err := build(old.Version)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, table.Encode(want)) {
		t.Error("plan.bin is not what the library's metadata gives: run go generate in engine/numbering")
	}
}

func TestAutomaton(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 0))
	for _, expr := range []string{`[2-9]\d{3}`, `(?:1[0-3]|2\d?)4{2,3}`, `0|80?`, `(\d{2})(\d{1,2})`, `(?:)`, `8(?:00|1\d)|9`} {
		whole, begin := newAutomaton(expr, false), newAutomaton(expr, true)
		matchWhole, matchBegin := regexp.MustCompile(`^(?:`+expr+`)$`), regexp.MustCompile(`^(?:`+expr+`)`)
		for range 2000 {
			text := make([]byte, r.IntN(7))
			a, b := uint16(1), uint16(1)
			for i := range text {
				d := [...]int{0, 1, 2, 4, 8, r.IntN(10)}[r.IntN(6)]
				text[i] = byte('0' + d)
				a, b = whole.step(a, d), begin.step(b, d)
			}
			if whole.accepts(a) != matchWhole.Match(text) || begin.accepts(b) != matchBegin.Match(text) {
				t.Fatalf("seed %d: %s on %q: whole %v, beginning %v", seed, expr, text, whole.accepts(a), begin.accepts(b))
			}
		}
	}
}

func TestPathsKeepTheOrder(t *testing.T) {
	for expr, want := range map[string]string{
		`0|80?`:             "0 80 8",
		`[08]`:              "[08]",
		`0?(1|23)?5`:        "015 0235 05 15 235 5",
		`9(\d{1,2})`:        "9[0123456789][0123456789] 9[0123456789]",
		`([25]1)$|0|180020`: "[25]1$ 0 180020",
	} {
		re, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range paths(re, []path{{}}) {
			got = append(got, pathText(p))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", expr, got, want)
		}
	}
}

func pathText(p path) (text string) {
	for _, m := range p.masks {
		var digits string
		for d := range 10 {
			if m>>d&1 != 0 {
				digits += string(rune('0' + d))
			}
		}
		if len(digits) > 1 {
			digits = "[" + digits + "]"
		}
		text += digits
	}
	if p.toEnd {
		text += "$"
	}
	return text
}

func TestStripsCapture(t *testing.T) {
	before, rules := strips(&pn.PhoneMetadata{NationalPrefixForParsing: ptr(`0(?:(12)15)?`), NationalPrefixTransformRule: ptr("9$1")})
	if before != "9" || len(rules) != 2 || !rules[0].Captures || rules[0].From != 1 || rules[0].To != 3 || rules[1].Captures {
		t.Errorf("got %q, %+v", before, rules)
	}
}

func ptr(s string) *string { return &s }
