package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// csvColumns are the columns of a canonical CSV that the SQL reads, with their types.
// Others are read as text, which DuckDB skips.
func csvColumns() map[string]string {
	return map[string]string{
		"calling_number": "BIGINT", "called_number": "BIGINT", "start_time": "TIMESTAMP",
		"ring_seconds": "DOUBLE", "duration_seconds": "DOUBLE", "charge": "DOUBLE",
		"uplink_bytes": "BIGINT", "downlink_bytes": "BIGINT", "forwarded": "BOOLEAN", "partial_sequence": "BIGINT",
	}
}

// readCSV is the FROM of the file at path. Everything that DuckDB could guess is told it,
// so that it need not look; quote and escape are off, which is its fast way.
func readCSV(path string, header []string) string {
	types := csvColumns()
	var columns []string
	for _, name := range header {
		t := types[name]
		if t == "" {
			t = "VARCHAR"
		}
		columns = append(columns, fmt.Sprintf("%s: %s", quote(name), quote(t)))
	}
	return fmt.Sprintf("read_csv(%s, header = true, auto_detect = false, delim = ',', quote = '', escape = '', columns = {%s})",
		quote(path), strings.Join(columns, ", "))
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// legColumns are the columns of the legs: names and expressions over record, which is a
// record and the places of its parties, and o, whether the leg is the originating one.
func legColumns(header []string) [][2]string {
	roams, imei := "visited_plmn IS NOT NULL", "NULL::VARCHAR"
	if slices.Contains(header, "imsi") {
		roams += " AND NOT starts_with(coalesce(imsi, ''), visited_plmn)"
	}
	if slices.Contains(header, "imei") {
		imei = "CASE WHEN served THEN left(imei, 14) END"
	}
	return [][2]string{
		{"call", "service = 'voice' AND NOT fwd AND whole"},
		{"voice", "service = 'voice'"},
		{"message", "service IN ('sms', 'mms') AND whole"},
		{"is_data", "service = 'data'"},
		{"known", "disposition IS NOT NULL"},
		{"answered", "coalesce(disposition = 'answered', false)"},
		{"no_answer", "coalesce(disposition = 'no_answer', false)"},
		{"failed", "coalesce(disposition = 'failed', false)"},
		{"served", "o <> terminating"},
		{"roams", "o <> terminating AND " + roams},
		{"contact", "called IS NOT NULL AND calling IS NOT NULL AND called <> calling AND whole AND service <> 'data' AND NOT (service = 'voice' AND fwd)" +
			" AND CASE WHEN o THEN class_to ELSE class_from END <> " + fmt.Sprint(classShort)},
		{"talk", "CASE WHEN disposition = 'answered' AND NOT fwd THEN talk_ms ELSE 0 END"},
		{"bytes", "CASE WHEN o <> terminating THEN up + down ELSE 0 END"},
		{"charge", "CASE WHEN o <> terminating THEN micros ELSE 0 END"},
		{"rat", "rat"},
		{"cell", "CASE WHEN o <> terminating AND cell_id IS NOT NULL THEN hash(cell_id) END"},
		{"imei", imei},
		{"start_day", "start // 86400000 + 3"}, // days since a Monday
		{"start_ms", "start % 86400000"},
		{"area_from", "area_from"},
		{"area_to", "area_to"},
		{"country_to", "country_to"},
		{"premium", fmt.Sprintf("class_to = %d", classPremium)},
		{"distance", fmt.Sprintf("CASE WHEN class_to IN (%d, %d) THEN 1 WHEN country_from = 0 OR country_to = 0 THEN 2"+
			" WHEN toll_from <> toll_to THEN 3 WHEN area_from <> 0 AND area_from = area_to THEN 4 ELSE 5 END::UTINYINT", classShort, classTollFree)},
	}
}

// legSQL selects the legs of the file, in the columns that the expressions name.
func (f *survey) legSQL(path string, expressions string) string {
	columns := []string{"CASE WHEN o THEN calling ELSE called END AS sub", "CASE WHEN o THEN called ELSE calling END AS peer", "o", "day"}
	if !mentions(expressions, "peer") {
		columns = slices.Delete(columns, 1, 2)
	}
	for _, c := range legColumns(f.header) {
		if mentions(expressions, c[0]) {
			columns = append(columns, c[1]+" AS "+c[0])
		}
	}
	return fmt.Sprintf(`SELECT %s
FROM (
  SELECT *, (release // 86400000 - %d)::SMALLINT AS day FROM (
    SELECT *, start + CASE WHEN service = 'data' THEN talk_ms WHEN service <> 'voice' THEN 0
      WHEN disposition IN ('no_answer', 'busy', 'failed') THEN greatest(ring_ms, talk_ms) ELSE ring_ms + talk_ms END AS release
    FROM (
      SELECT r.*, coalesce(a.area, 0) AS area_from, coalesce(a.country, 0) AS country_from, coalesce(a.toll, 0) AS toll_from, coalesce(a.class, 0) AS class_from,
        coalesce(b.area, 0) AS area_to, coalesce(b.country, 0) AS country_to, coalesce(b.toll, 0) AS toll_to, coalesce(b.class, 0) AS class_to
      FROM (
        SELECT *, calling_number AS calling, called_number AS called, epoch_ms(start_time) AS start,
          coalesce(round(ring_seconds * 1000), 0)::INTEGER AS ring_ms, coalesce(round(duration_seconds * 1000), 0)::INTEGER AS talk_ms,
          coalesce(uplink_bytes, 0) AS up, coalesce(downlink_bytes, 0) AS down, coalesce(round(charge * 1e6), 0)::BIGINT AS micros,
          coalesce(forwarded, false) AS fwd, coalesce(partial_sequence, 0) <= 1 AS whole, direction = 'terminating' AS terminating
        FROM %s
      ) AS r
      LEFT JOIN place AS a ON a.key = %s
      LEFT JOIN place AS b ON b.key = %s
    )
  )
), (VALUES (true), (false)) AS side(o)
WHERE CASE WHEN o THEN calling IS NOT NULL AND NOT terminating ELSE called IS NOT NULL AND direction <> 'originating' END`,
		strings.Join(columns, ", "), f.firstDay, readCSV(path, f.header), placeKeySQL("calling"), placeKeySQL("called"))
}

// mentions reports whether name stands in sql as a word.
func mentions(sql, name string) bool {
	return regexp.MustCompile(`\b` + name + `\b`).MatchString(sql)
}
