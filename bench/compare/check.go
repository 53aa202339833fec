package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
)

// tolerance is how far two floats may lie apart, relative to the larger one.
const tolerance = 1e-9

// shown is how many rows that differ are shown.
const shown = 5

// same compares the rows of ours, a directory of replay, with those of theirs, a Parquet
// file: that there are the same, and each column of them. An error shows the first that
// differ.
func same(ctx context.Context, db *sql.DB, q *query, ours, theirs string) error {
	for name, from := range map[string]string{
		"ours":   fmt.Sprintf("read_parquet(%s, hive_partitioning = false)", quote(filepath.Join(ours, "features", "*", "*.parquet"))),
		"theirs": fmt.Sprintf("read_parquet(%s)", quote(theirs)),
	} {
		if _, err := db.ExecContext(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP VIEW %s AS SELECT *, epoch_ms(window_end::TIMESTAMP) AS ends FROM %s", name, from)); err != nil {
			return err
		}
	}
	for _, side := range [][2]string{{"ours", "theirs"}, {"theirs", "ours"}} {
		text, err := rows(ctx, db, fmt.Sprintf("SELECT subscriber, window_end, count(*) OVER () AS \"of\" FROM %s ANTI JOIN %s USING (subscriber, ends) ORDER BY subscriber, ends LIMIT %d", side[0], side[1], shown))
		if err != nil {
			return err
		}
		if text != "" {
			return fmt.Errorf("rows are only in %s:\n%s", side[0], text)
		}
	}
	return sameColumns(ctx, db, q)
}

func sameColumns(ctx context.Context, db *sql.DB, q *query) error {
	outputs := q.outputs()
	counts := []string{"count(*)"}
	for _, o := range outputs {
		counts = append(counts, "count(*) FILTER (WHERE "+o.differs()+")")
	}
	values := make([]int64, len(counts))
	into := make([]any, len(counts))
	for i := range values {
		into[i] = &values[i]
	}
	if err := db.QueryRowContext(ctx, "SELECT "+strings.Join(counts, ", ")+" FROM ours AS a JOIN theirs AS b USING (subscriber, ends)").Scan(into...); err != nil {
		return err
	}
	if values[0] == 0 {
		return fmt.Errorf("there are no rows")
	}
	var wrong []string
	for i, o := range outputs {
		if values[i+1] == 0 {
			continue
		}
		text, err := rows(ctx, db, fmt.Sprintf("SELECT subscriber, a.window_end, a.%s AS ours, b.%[1]s AS theirs FROM ours AS a JOIN theirs AS b USING (subscriber, ends) WHERE %s ORDER BY subscriber, ends LIMIT %d", o.name, o.differs(), shown))
		if err != nil {
			return err
		}
		wrong = append(wrong, fmt.Sprintf("%s differs in %d of %d rows, at first\n%s", o.name, values[i+1], values[0], text))
	}
	if wrong != nil {
		return fmt.Errorf("the results differ:\n%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// differs is the condition under which a row of ours (a) and one of theirs (b) differ in
// a column.
func (o *output) differs() string {
	a, b := "a."+o.name, "b."+o.name
	if o.whole || o.name == "home" {
		return fmt.Sprintf("%s IS DISTINCT FROM %s", a, b)
	}
	return fmt.Sprintf("((%s IS NULL) <> (%s IS NULL) OR abs(%[1]s - %[2]s) > %g * greatest(abs(%[1]s), abs(%[2]s)))", a, b, tolerance)
}

// rows is the text of what a query finds, "" of nothing.
func rows(ctx context.Context, db *sql.DB, q string) (string, error) {
	r, err := db.QueryContext(ctx, q)
	if err != nil {
		return "", fmt.Errorf("%w\nin %s", err, q)
	}
	defer r.Close()
	names, err := r.Columns()
	if err != nil {
		return "", err
	}
	var text strings.Builder
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for r.Next() {
		if err := r.Scan(into...); err != nil {
			return "", err
		}
		for i, name := range names {
			fmt.Fprintf(&text, "  %s %v", name, values[i])
		}
		text.WriteString("\n")
	}
	return text.String(), r.Err()
}
