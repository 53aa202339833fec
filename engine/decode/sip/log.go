package sip

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// fieldNamed is the field of a key, case-sensitive as the modules write them, with the
// rank of the key among those of its field: the lowest that is there counts.
func fieldNamed(key []byte) (f field, rank int) {
	switch string(key) {
	case "method":
		return method, 0
	case "from_tag":
		return fromTag, 0
	case "to_tag":
		return toTag, 0
	case "callid":
		return callID, 0
	case "call_id":
		return callID, 1
	case "sip_code":
		return code, 0
	case "code":
		return code, 1
	case "sip_reason", "reason":
		return reasonPhrase, 0
	case "timestamp":
		return when, 0
	case "time":
		return when, 1
	case "call_start_time":
		return when, 2
	case "time_attr":
		return exactly, 0
	case "time_exten":
		return micros, 0
	case "start_time":
		return began, 0
	case "end_time":
		return ended, 0
	case "duration":
		return duration, 0
	case "ms_duration":
		return msDuration, 0
	case "setuptime":
		return setup, 0
	case "created":
		return created, 0
	}
	return partyNamed(key)
}

// partyNames are the usual names of the extra values that tell the parties, the best
// first.
var partyNames = [2][]string{
	{"src_user", "src", "caller", "calling", "from_user", "caller_id", "caller_number", "calling_number", "fuser", "from_uri", "src_uri", "from", "ani", "account"},
	{"dst_ouser", "dst_user", "dst", "callee", "called", "to_user", "callee_id", "callee_number", "called_number", "ruser", "tuser", "to_uri", "dst_uri", "ruri", "to", "destination"},
}

func partyNamed(key []byte) (f field, rank int) {
	for i, names := range partyNames {
		for rank, name := range names {
			if string(key) == name {
				return calling + field(i), rank
			}
		}
	}
	return none, 0
}

// named sets fields by key, those of the better key where several tell one.
type named struct {
	r     *record
	ranks [fields]int8
}

func (n *named) set(key []byte, value cdr.Span) {
	f, rank := fieldNamed(key)
	if f == none || n.r.told(f) && int(n.ranks[f]) <= rank {
		return
	}
	n.r.set(f, value)
	n.ranks[f] = int8(rank)
}

// logStart is where the pairs of a log line begin, -1 if it has none.
func logStart(line []byte) int {
	first := -1
	for _, key := range []string{"timestamp=", "start_time=", "created="} {
		for from := 0; ; {
			i := bytes.Index(line[from:], []byte(key))
			if i < 0 {
				break
			}
			i += from
			if i == 0 || line[i-1] == ' ' || line[i-1] == ';' {
				if first < 0 || i < first {
					first = i
				}
				break
			}
			from = i + 1
		}
	}
	return first
}

// log reads the pairs of a log line, key=value parted by semicolons.
func (r *record) log(line []byte, from int) {
	r.base = line
	n := named{r: r}
	for from < len(line) {
		end := len(line)
		if i := bytes.IndexByte(line[from:], ';'); i >= 0 {
			end = from + i
		}
		for from < end && line[from] == ' ' {
			from++
		}
		if eq := bytes.IndexByte(line[from:end], '='); eq > 0 {
			value := from + eq + 1
			n.set(line[from:from+eq], cdr.Span{Off: uint32(value), Len: uint32(end - value)})
		}
		from = end + 1
	}
}
