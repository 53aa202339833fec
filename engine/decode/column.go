package decode

// Column is a column of the record as SPEC names it. 0 is none of them.
type Column uint8

// The columns, in the order of the specification.
const (
	NoColumn Column = iota
	RecordID
	Service
	DirectionColumn
	CallingNumber
	CalledNumber
	StartTime
	RingSeconds
	DurationSeconds
	Disposition
	Cause
	CellID
	IMEI
	IMSI
	VisitedPLMN
	RAT
	UplinkBytes
	DownlinkBytes
	Charge
	TrunkIn
	TrunkOut
	Forwarded
	PartialSequence
	Columns // how many there are, NoColumn included
)

// PartyColumns is the set of columns that tell a party: a file needs one.
const PartyColumns = 1<<CallingNumber | 1<<CalledNumber | 1<<IMSI

var columnNames = [Columns]string{
	"", "record_id", "service", "direction", "calling_number", "called_number", "start_time",
	"ring_seconds", "duration_seconds", "disposition", "cause", "cell_id", "imei", "imsi",
	"visited_plmn", "rat", "uplink_bytes", "downlink_bytes", "charge", "trunk_in", "trunk_out",
	"forwarded", "partial_sequence",
}

// String is the column's name.
func (c Column) String() string { return columnNames[c] }

// ColumnNamed returns the column of a name, whose ASCII case and surrounding
// spaces do not count, or NoColumn.
func ColumnNamed(name []byte) Column {
	if c := columnExactly(name); c != NoColumn {
		return c
	}
	var buf [longestWord]byte
	return columnExactly(lower(&buf, Trim(name)))
}

func columnExactly(name []byte) Column {
	switch string(name) {
	case "record_id":
		return RecordID
	case "service":
		return Service
	case "direction":
		return DirectionColumn
	case "calling_number":
		return CallingNumber
	case "called_number":
		return CalledNumber
	case "start_time":
		return StartTime
	case "ring_seconds":
		return RingSeconds
	case "duration_seconds":
		return DurationSeconds
	case "disposition":
		return Disposition
	case "cause":
		return Cause
	case "cell_id":
		return CellID
	case "imei":
		return IMEI
	case "imsi":
		return IMSI
	case "visited_plmn":
		return VisitedPLMN
	case "rat":
		return RAT
	case "uplink_bytes":
		return UplinkBytes
	case "downlink_bytes":
		return DownlinkBytes
	case "charge":
		return Charge
	case "trunk_in":
		return TrunkIn
	case "trunk_out":
		return TrunkOut
	case "forwarded":
		return Forwarded
	case "partial_sequence":
		return PartialSequence
	}
	return NoColumn
}
