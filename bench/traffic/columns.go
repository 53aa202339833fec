package traffic

import (
	"fmt"
	"strings"
)

// column is one of the columns of the canonical record.
type column uint8

const (
	colRecordID column = iota
	colService
	colDirection
	colCalling
	colCalled
	colStart
	colRing
	colDuration
	colDisposition
	colCause
	colCell
	colIMEI
	colIMSI
	colVisited
	colRAT
	colUp
	colDown
	colCharge
	colTrunkIn
	colTrunkOut
	colForwarded
	colPartial
	columnCount
)

var columnNames = [columnCount]string{
	"record_id", "service", "direction", "calling_number", "called_number", "start_time", "ring_seconds",
	"duration_seconds", "disposition", "cause", "cell_id", "imei", "imsi", "visited_plmn", "rat",
	"uplink_bytes", "downlink_bytes", "charge", "trunk_in", "trunk_out", "forwarded", "partial_sequence",
}

// Columns returns the names of all columns in their order.
func Columns() []string { return append([]string(nil), columnNames[:]...) }

// LeanColumns returns the columns of the benchmark files: about 115 bytes a
// record, with something for every family of features but devices. direction,
// forwarded and partial_sequence are among them because without them a call
// from another network would be its caller's and a forwarded leg a call.
func LeanColumns() []string {
	return []string{
		"record_id", "service", "direction", "calling_number", "called_number", "start_time", "ring_seconds",
		"duration_seconds", "disposition", "cause", "cell_id", "visited_plmn", "rat", "uplink_bytes", "downlink_bytes", "charge",
		"forwarded", "partial_sequence",
	}
}

// ParseColumns reads a list of column names: "all", "lean", or names with
// commas between them. start_time and one of calling_number and called_number
// must be there: without them no record says anything.
func ParseColumns(list string) ([]string, error) {
	switch strings.TrimSpace(list) {
	case "", "all":
		return Columns(), nil
	case "lean":
		return LeanColumns(), nil
	}
	var names []string
	seen := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if _, ok := findColumn(name); !ok {
			return nil, fmt.Errorf("no column %q; the columns are %s (or all, or lean)", name, strings.Join(columnNames[:], ","))
		}
		if seen[name] {
			return nil, fmt.Errorf("column %s is there twice", name)
		}
		seen[name] = true
		names = append(names, name)
	}
	if !seen["start_time"] || !seen["calling_number"] && !seen["called_number"] {
		return nil, fmt.Errorf("start_time and calling_number or called_number must be among the columns")
	}
	return names, nil
}

// Header returns the header row of columns, with its line feed.
func Header(columns []string) []byte { return []byte(strings.Join(columns, ",") + "\n") }

func findColumn(name string) (column, bool) {
	for i, n := range columnNames {
		if n == name {
			return column(i), true
		}
	}
	return 0, false
}
