package cucm

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// field is a column that is read.
type field int8

const (
	unused field = iota
	recordType
	nodeID
	callID
	clusterID
	origination
	connect
	disconnect
	duration
	calling
	callingURI
	finalCalled
	originalCalled
	outpulsedCalled
	finalCalledURI
	originalCalledURI
	origCause
	destCause
	origDevice
	destDevice
	pkid
	fields
)

// names are the columns' names in lower case.
var names = map[string]field{
	"cdrrecordtype":                 recordType,
	"globalcallid_callmanagerid":    nodeID,
	"globalcallid_callid":           callID,
	"globalcallid_clusterid":        clusterID,
	"datetimeorigination":           origination,
	"datetimeconnect":               connect,
	"datetimedisconnect":            disconnect,
	"duration":                      duration,
	"callingpartynumber":            calling,
	"callingpartynumber_uri":        callingURI,
	"finalcalledpartynumber":        finalCalled,
	"originalcalledpartynumber":     originalCalled,
	"outpulsedcalledpartynumber":    outpulsedCalled,
	"finalcalledpartynumber_uri":    finalCalledURI,
	"originalcalledpartynumber_uri": originalCalledURI,
	"origcause_value":               origCause,
	"destcause_value":               destCause,
	"origdevicename":                origDevice,
	"destdevicename":                destDevice,
	"pkid":                          pkid,
}

// needed are the columns without which there is no record.
var needed = []string{"dateTimeOrigination", "dateTimeConnect", "dateTimeDisconnect", "callingPartyNumber", "finalCalledPartyNumber"}

// header is what the rows of names and types say.
type header struct {
	columns []field // what each column is
	quality bool    // the file holds quality records
	size    int     // bytes of both rows
}

var errNoNames = errors.New("no row of names that begins with cdrRecordType")

// readHeader reads the rows of names and types.
func readHeader(head []byte) (h header, err error) {
	bom := decode.BOM(head)
	lines := decode.NewLines(head[bom:])
	if !lines.Next() {
		return h, errNoNames
	}
	line := lines.At.Text
	quality := false
	for at := 0; at <= len(line); {
		cell, next, problem := decode.NextCell(line, at, ',')
		if problem != "" {
			return h, fmt.Errorf("the row of names: %s", problem)
		}
		name := strings.ToLower(string(bytes.TrimSpace(line[cell.Off:cell.End])))
		if at == 0 && name != "cdrrecordtype" {
			return h, errNoNames
		}
		quality = quality || name == "numberpacketssent"
		h.columns = append(h.columns, names[name])
		at = next
	}
	h.quality = quality
	h.size = bom + lines.Passed()
	if lines.Next() && isTypes(lines.At.Text) {
		h.size = bom + lines.Passed()
	}
	return h, nil
}

// isTypes tells a row of types, whose first column is an integer.
func isTypes(line []byte) bool {
	first, _, _ := bytes.Cut(line, []byte(","))
	return bytes.EqualFold(bytes.Trim(first, `" `), []byte("integer"))
}

// missing names a column that is needed and is not there.
func (h *header) missing() string {
	for _, name := range needed {
		if !slices.Contains(h.columns, names[strings.ToLower(name)]) {
			return name
		}
	}
	return ""
}
