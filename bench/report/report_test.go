package report

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := NewTable("system", " records/s")
	table.Row("ours", "1.5 M")
	table.Row("theirs, à la carte", "600 k")
	want := `| system             | records/s |
|--------------------|----------:|
| ours               |     1.5 M |
| theirs, à la carte |     600 k |
`
	if got := table.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestReplace(t *testing.T) {
	page := "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n"
	for range 2 { // twice is as once
		var err error
		if page, err = replace(page, "x", "new\n"); err != nil {
			t.Fatal(err)
		}
	}
	if want := "a\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nb\n"; page != want {
		t.Errorf("got %q, want %q", page, want)
	}
	for _, page := range []string{"", "<!-- x: begin -->\n", "<!-- x: end -->\n"} {
		if _, err := replace(page, "x", "new"); err == nil {
			t.Errorf("%q: no error", page)
		}
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[float64]string{0: "0", 9999: "9999", 10_000: "10 k", 123_456: "123.5 k", 1e6: "1 M", 2_345_678: "2.35 M", 1e7: "10 M"} {
		if got := Count(n); got != want {
			t.Errorf("%v is %q, want %q", n, got, want)
		}
	}
	if got := Bytes(12_345_678_901); got != "12.35 GB" {
		t.Errorf("got %q", got)
	}
}

func TestPeak(t *testing.T) {
	n, err := Peak(0)
	if err != nil {
		t.Skip(err)
	}
	if n < 1<<20 || n > 1<<40 {
		t.Errorf("this process had %d bytes", n)
	}
	if !strings.Contains(Machine(), "virtual processors") {
		t.Errorf("machine: %s", Machine())
	}
}
