package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Table is a table of Markdown.
type Table struct {
	head []string
	rows [][]string
}

// NewTable returns a table with the given columns. Those whose name begins with a space
// stand to the right: numbers.
func NewTable(columns ...string) *Table { return &Table{head: columns} }

// Row adds a row.
func (t *Table) Row(cells ...string) { t.rows = append(t.rows, cells) }

// String is the text of the table, its cells as wide as the widest of the column.
func (t *Table) String() string {
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(strings.TrimSpace(cell)), 3)
		}
	}
	var s strings.Builder
	line := func(row []string) {
		for i, cell := range row {
			fill := strings.Repeat(" ", width[i]-utf8.RuneCountInString(strings.TrimSpace(cell)))
			if t.right(i) {
				s.WriteString("| " + fill + strings.TrimSpace(cell) + " ")
			} else {
				s.WriteString("| " + strings.TrimSpace(cell) + fill + " ")
			}
		}
		s.WriteString("|\n")
	}
	line(t.head)
	for i := range t.head {
		if t.right(i) {
			s.WriteString("|" + strings.Repeat("-", width[i]+1) + ":")
		} else {
			s.WriteString("|" + strings.Repeat("-", width[i]+2))
		}
	}
	s.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	return s.String()
}

func (t *Table) right(i int) bool { return strings.HasPrefix(t.head[i], " ") }

// Count writes a count for people: 12.5 M, 100 k, 999.
func Count(n float64) string {
	switch {
	case n >= 1e6:
		return trim(fmt.Sprintf("%.2f", n/1e6)) + " M"
	case n >= 1e4:
		return trim(fmt.Sprintf("%.1f", n/1e3)) + " k"
	}
	return fmt.Sprintf("%.0f", n)
}

func trim(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

// Bytes writes an amount of memory: 1.25 GB, 310 MB (powers of ten, as the bars are).
func Bytes(n int64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}
