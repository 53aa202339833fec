package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A query computes columns of the catalogue over windows of days: what becomes a script.
type query struct {
	columns []column
	windows []int // days
}

// output is a column of the result.
type output struct {
	name, sql string
	whole     bool
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// outputs are the columns of the result, each as an expression over those of the
// windows, in braces.
func (q *query) outputs() (out []output) {
	for _, c := range q.columns {
		if !c.windowed {
			out = append(out, output{c.name, c.sql, c.whole})
			continue
		}
		for _, w := range q.windows {
			if c.long && w == 1 {
				continue
			}
			sql := placeholder.ReplaceAllString(c.sql, fmt.Sprintf("{${1}_%dd}", w))
			sql = strings.ReplaceAll(sql, "$days", fmt.Sprint(w))
			out = append(out, output{fmt.Sprintf("%s_%dd", c.name, w), sql, c.whole})
		}
	}
	return out
}

// names are those of the outputs: what replay is told by --features. Columns that every
// row of ours has anyway are not among them.
func (q *query) names() (names []string) {
	for _, o := range q.outputs() {
		if o.name != "home" && o.name != "observed_days" {
			names = append(names, o.name)
		}
	}
	return names
}

// wanted are the windowed values that the outputs read: of each measure or count of
// items, over which windows.
func (q *query) wanted() map[string][]int {
	over := map[string][]int{}
	for _, o := range q.outputs() {
		for _, m := range placeholder.FindAllStringSubmatch(o.sql, -1) {
			i := strings.LastIndex(m[1], "_")
			days, err := strconv.Atoi(strings.TrimSuffix(m[1][i+1:], "d"))
			if err != nil {
				panic("no window in {" + m[1] + "}")
			}
			if name := m[1][:i]; !slices.Contains(over[name], days) {
				over[name] = append(over[name], days)
			}
		}
		for word, need := range map[string]string{"first_day": "legs_served", "first_served": "legs_served", "last_out": "legs_out"} {
			if mentions(o.sql, word) {
				over[need] = []int{1}
			}
		}
	}
	return over
}

// script is the statements that read the CSV at path and write the Parquet file at out.
//
// Sums: the legs are added up by subscriber and day, and days to windows (see copy).
// Distinct items: of each pair of subscriber and item one bit for each day
// says on which it was seen; a window that ends with a day holds it if one of so many
// bits is set, which shifts find for all days at once.
//
// Where the only items are places that were called, days are added up by place first:
// then one pass over the CSV is enough, and nothing of a leg is kept. Else the legs are
// kept in a table, in the columns that are needed.
func (q *query) script(f *survey, path, out string) []string {
	wanted := q.wanted()
	var used []measure
	for _, m := range measures() {
		if _, ok := wanted[m.name]; ok {
			used = append(used, m)
		}
	}
	var sets []items
	onePass := true
	for _, s := range itemSets() {
		if slices.ContainsFunc(s.counts, func(c itemCount) bool { return wanted[c.name] != nil }) {
			sets = append(sets, s)
			onePass = onePass && (s.name == "area" || s.name == "country")
		}
	}
	var script []string
	leg := f.legSQL(path, expressions(used, sets))
	if onePass {
		script = append(script, "CREATE TEMP VIEW leg AS "+leg)
		script = append(script, daysByPlace(used, sets)...)
	} else {
		script = append(script, "CREATE TEMP TABLE leg AS "+leg, "CREATE TEMP TABLE days AS SELECT sub, day, "+list(used)+" FROM leg GROUP BY ALL")
	}
	for _, s := range sets {
		script = append(script, s.count(wanted, f.days, onePass))
	}
	return append(script, q.copy(f, wanted, used, sets, out))
}

// expressions are all that read the columns of the legs.
func expressions(used []measure, sets []items) string {
	var s strings.Builder
	for _, m := range used {
		s.WriteString(m.sql + "\n")
	}
	for _, i := range sets {
		s.WriteString(i.key + " " + i.condition + "\n")
		for _, c := range i.counts {
			s.WriteString(c.condition + "\n")
		}
	}
	return s.String()
}

func list(used []measure) string {
	columns := []string{"count(*) AS legs_of_day"}
	for _, m := range used {
		columns = append(columns, m.sql+" AS "+m.name)
	}
	return strings.Join(columns, ", ")
}

// daysByPlace adds up days by called place, then days.
func daysByPlace(used []measure, sets []items) []string {
	by := []string{"sub", "day"}
	for _, s := range sets {
		by = append(by, fmt.Sprintf("CASE WHEN %s THEN %s ELSE 0 END AS %s", s.condition, s.key, s.name))
	}
	if len(sets) == 0 {
		return []string{"CREATE TEMP TABLE days AS SELECT sub, day, " + list(used) + " FROM leg GROUP BY ALL"}
	}
	var sums []string
	for _, m := range used {
		sums = append(sums, fmt.Sprintf("sum(%s)::DOUBLE AS %[1]s", m.name))
	}
	return []string{
		"CREATE TEMP TABLE places AS SELECT " + strings.Join(by, ", ") + ", " + list(used) + " FROM leg GROUP BY ALL",
		"CREATE TEMP TABLE days AS SELECT sub, day, " + strings.Join(sums, ", ") + " FROM places GROUP BY ALL",
	}
}

// count makes the table items_NAME: of each subscriber and day how many items the windows
// hold that end with it. Where days were added up by place, the items are read from there.
func (s items) count(wanted map[string][]int, days int, byPlace bool) string {
	from := fmt.Sprintf("leg WHERE %s GROUP BY sub, %s", s.condition, s.key)
	if byPlace {
		from = fmt.Sprintf("places WHERE %s <> 0 GROUP BY sub, %[1]s", s.name)
	}
	var masks, windows, sums, names []string
	for _, c := range s.counts {
		over := wanted[c.name]
		if over == nil {
			continue
		}
		masks = append(masks, fmt.Sprintf("bit_or(CASE WHEN %s THEN (1::BIGINT << day) ELSE 0 END) AS %s", c.condition, c.name))
		for _, w := range over {
			name := fmt.Sprintf("%s_%dd", c.name, w)
			windows = append(windows, fmt.Sprintf("(%s) & %d AS %s", held(c.name, w, days), int64(1)<<days-1, name))
			sums = append(sums, fmt.Sprintf("sum((%s >> k) & 1)::BIGINT AS %[1]s", name))
			names = append(names, name)
		}
	}
	return fmt.Sprintf(`CREATE TEMP TABLE items_%s AS
SELECT sub, k::SMALLINT AS day, %s
FROM (SELECT sub, %s FROM (SELECT sub, %s FROM %s)), range(%d) AS t(k)
WHERE ((%s) >> k) & 1 = 1 GROUP BY ALL`,
		s.name, strings.Join(sums, ", "), strings.Join(windows, ", "), strings.Join(masks, ", "), from, days, strings.Join(names, " | "))
}

// held is an expression for the days on which a window of w days that ends with the day
// holds an item that was seen on the days of the mask m.
func held(m string, w, days int) string {
	if w >= days { // from the first day on
		return fmt.Sprintf("-(%s & -%[1]s)", m)
	}
	x := m
	for have := 1; have < w; {
		by := min(have, w-have)
		x = fmt.Sprintf("(%s | (%[1]s << %d))", x, by)
		have += by
	}
	return x
}

// copy writes the result. Days become windows by sums over all days up to one: those of a
// window are the difference between two of them, which is cheaper than to add up each
// window by itself. Sums are of whole numbers, so differences are exact.
func (q *query) copy(f *survey, wanted map[string][]int, used []measure, sets []items, out string) string {
	names := []string{}
	for _, m := range used {
		names = append(names, m.name)
	}
	if wanted["active_days"] != nil {
		names = append(names, "active_days")
	}
	return fmt.Sprintf("COPY (WITH p AS (%s), w AS (%s) SELECT %s FROM w%s) TO %s (FORMAT parquet, COMPRESSION zstd)",
		q.past(wanted, names, f.days), q.summed(wanted, names, f.days), q.selected(f, sets), joins(sets), quote(out))
}

// within are the windows that begin after the first of so many days, on some of them.
func (q *query) within(days int) (windows []int) {
	for _, w := range q.windows {
		if w > 1 && w < days {
			windows = append(windows, w)
		}
	}
	return windows
}

// past selects the days with the sums up to each, in NAME_past, and where its windows
// begin, in since_W.
func (q *query) past(wanted map[string][]int, names []string, days int) string {
	columns := []string{"*"}
	for _, name := range names {
		if slices.ContainsFunc(wanted[name], func(w int) bool { return w > 1 }) {
			columns = append(columns, fmt.Sprintf("sum(%s) OVER past AS %[1]s_past", name))
		}
	}
	windows := []string{"past AS (PARTITION BY sub ORDER BY day ROWS UNBOUNDED PRECEDING)", "person AS (PARTITION BY sub)"}
	for _, w := range q.within(days) {
		columns = append(columns, fmt.Sprintf("min(day) OVER last_%d AS since_%[1]d", w))
		windows = append(windows, fmt.Sprintf("last_%d AS (PARTITION BY sub ORDER BY day RANGE BETWEEN %d PRECEDING AND CURRENT ROW)", w, w-1))
	}
	if wanted["legs_served"] != nil {
		columns = append(columns, "min(day) OVER person AS first_day", "min(CASE WHEN legs_served > 0 THEN day END) OVER person AS first_served")
	}
	if wanted["legs_out"] != nil {
		columns = append(columns, "max(CASE WHEN legs_out > 0 THEN day END) OVER past AS last_out")
	}
	return fmt.Sprintf("SELECT %s FROM (SELECT *, 1 AS active_days FROM days) WINDOW %s", strings.Join(columns, ", "), strings.Join(windows, ", "))
}

// summed selects the sums over the windows that are wanted.
func (q *query) summed(wanted map[string][]int, names []string, days int) string {
	columns := []string{"p.sub", "p.day"}
	if wanted["legs_served"] != nil {
		columns = append(columns, "p.first_day", "p.first_served")
	}
	if wanted["legs_out"] != nil {
		columns = append(columns, "p.last_out")
	}
	for _, name := range names {
		for _, w := range wanted[name] {
			sql := fmt.Sprintf("p.%s_past - from_%d.%[1]s_past + from_%[2]d.%[1]s", name, w)
			switch {
			case w == 1:
				sql = "p." + name
			case w >= days:
				sql = "p." + name + "_past"
			}
			columns = append(columns, fmt.Sprintf("%s AS %s_%dd", sql, name, w))
		}
	}
	from := "p"
	for _, w := range q.within(days) {
		from += fmt.Sprintf(" JOIN p AS from_%d ON from_%[1]d.sub = p.sub AND from_%[1]d.day = p.since_%[1]d", w)
	}
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), from)
}

// selected are the columns of the result.
func (q *query) selected(f *survey, sets []items) string {
	columns := []string{"sub::VARCHAR AS subscriber", fmt.Sprintf("epoch_ms((%d + 1 + day)::BIGINT * 86400000) AS window_end", f.firstDay)}
	counted := map[string]bool{}
	for _, s := range sets {
		for _, c := range s.counts {
			counted[c.name] = true
		}
	}
	for _, o := range q.outputs() {
		sql := placeholder.ReplaceAllStringFunc(o.sql, func(m string) string {
			name := m[1 : len(m)-1]
			if counted[name[:strings.LastIndex(name, "_")]] {
				return "coalesce(" + name + ", 0)"
			}
			return name
		})
		if o.whole && strings.Contains(o.sql, "{") {
			sql = "(" + sql + ")::BIGINT"
		}
		columns = append(columns, sql+" AS "+o.name)
	}
	return strings.Join(columns, ", ")
}

// joins are the tables of the items.
func joins(sets []items) (s string) {
	for _, set := range sets {
		s += fmt.Sprintf(" LEFT JOIN items_%s USING (sub, day)", set.name)
	}
	return s
}
