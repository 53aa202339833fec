package ts32298

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestDomainNotes is about what is odd about records that count all the same.
func TestDomainNotes(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	type notes = map[decode.Note]int64
	value, tag, clock := notes{decode.UnknownValue: 1}, notes{decode.UnknownTag: 1}, notes{decode.OddClock: 1}
	pdu := func(more ...element) element { return cons(13, more...) }
	for _, c := range []struct {
		name   string
		record []element
		want   notes
	}{
		{"a PGW record", usualRecords[0].record, notes{}},
		{"an MMTel record", usualRecords[1].record, notes{}},
		{"a CHF record", usualRecords[2].record, notes{}},
		{"the last member known", pgwRecord(cons(74, prim(0, "00"))), notes{}},
		{"a member of a release to come", pgwRecord(prim(75, "00")), tag},
		{"two of them", pgwRecord(prim(75, "00"), prim(1000, "00")), tag},
		{"a private member", pgwRecord(element{class: 3, number: 3, value: []byte{1}}), tag},
		{"a member of a release to come, MMTel", mmtelRecord(prim(114, "00")), tag},
		{"a member of a release to come, CHF", chfRecord(pdu(prim(12, "33")), prim(40, "00")), tag},
		{"a member of a release to come, in a session of CHF", chfRecord(pdu(prim(47, "33"))), tag},
		{"a technology that is no radio", pgwRecord(prim(30, "07")), notes{}},
		{"CDMA2000", pgwRecord(prim(30, "66")), notes{}},
		{"an unknown technology", pgwRecord(prim(30, "32")), value},
		{"a negative technology", pgwRecord(prim(30, "FF")), value},
		{"an unknown technology, CHF", chfRecord(pdu(prim(12, "00FF"))), value},
		{"an unknown secondary radio", pgwRecord(cons(73, seq(prim(1, "01"), prim(2, "01"), prim(5, "01")))), value},
		{"an unknown cause", pgwRecord(prim(15, "1C")), value},
		{"causes of releases and changes", pgwRecord(prim(15, "1B")), notes{}},
		{"an unknown cause, CHF", chfRecord(pdu(prim(12, "33")), prim(9, "0F")), value},
		{"an unknown role", mmtelRecord(prim(3, "02")), value},
		{"an unknown method", mmtelRecord(prim(2, octets("HELLO"))), value},
		{"an unknown code", mmtelRecord(prim(23, octets("7"))), value},
		{"an unknown code of a success", mmtelRecord(prim(23, octets("-7"))), value},
		{"codes of classes", mmtelRecord(prim(23, octets("3"))), notes{}},
		{"an end before the answer", mmtelRecord(prim(11, openedAt)), clock},
	} {
		raw := encode(c.record...)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, raw, &b, &tally)
		for n, made := range decodetest.OwnNotes(&tally) {
			if note := decode.Note(n); made != c.want[note] {
				t.Errorf("%s: %d %s, want %d", c.name, made, note, c.want[note])
			}
		}
		if len(tally.Rejects) > 0 {
			t.Errorf("%s: %v", c.name, tally.Rejects)
		}
	}
}

// TestDomainIdentities is about which records are the same, and which are not.
func TestDomainIdentities(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	identity := func(record []element) uint64 {
		var b cdr.Batch
		var tally decode.Tally
		raw := encode(record...)
		Decoder{}.Decode(l, raw, &b, &tally)
		if b.Len() != 1 {
			t.Fatalf("%d rows, %+v", b.Len(), tally)
		}
		if b.Rows[0].Identity == cdr.Hash(raw) {
			return 0
		}
		return b.Rows[0].Identity
	}
	as := func(more ...element) []element { return []element{cons(69, replace(imsBase("45"), more)...)} }
	node, local := prim(18, octets("pgw-1")), prim(20, "07")
	for _, c := range []struct {
		name string
		a, b []element
		same bool
	}{
		{"one number of one node", pgwRecord(node, local), pgwRecord(node, local, prim(5, "09"), prim(27, "02F810")), true},
		{"two numbers of one node", pgwRecord(node, local), pgwRecord(node, prim(20, "08")), false},
		{"one number of two nodes", pgwRecord(node, local), pgwRecord(prim(18, octets("pgw-2")), local), false},
		{"one number of two nodes known by address", pgwRecord(local), pgwRecord(local, cons(4, prim(0, "0A000002"))), false},
		{"a session without a number", pgwRecord(), pgwRecord(prim(27, "02F810")), true},
		{"two sessions", pgwRecord(), pgwRecord(prim(5, "08")), false},
		{"two slices", pgwRecord(prim(17, "01")), pgwRecord(prim(17, "02")), false},
		{"two gateways", pgwRecord(), pgwRecord(cons(4, prim(0, "0A000002"))), false},
		{"two servers of one leg", mmtelRecord(), as(), true},
		{"two legs of one call", mmtelRecord(), mmtelRecord(prim(3, "01")), false},
		{"a leg and the one of a forwarding", mmtelRecord(), mmtelRecord(diversion("tel:+447700900123")), false},
		{"two slices of a call", mmtelRecord(prim(16, "01")), mmtelRecord(prim(16, "02")), false},
		{"two calls", mmtelRecord(), mmtelRecord(prim(19, octets("icid-2"))), false},
		{"two sessions of a call", mmtelRecord(), mmtelRecord(prim(5, octets("other"))), false},
		{"one number of one CHF", usualRecords[2].record, chfRecord(cons(13, prim(12, "06")), prim(8, "02")), true},
		{"two numbers of one CHF", chfRecord(cons(13, prim(12, "06"))), chfRecord(cons(13, prim(12, "06")), prim(11, "08")), false},
		{"a CHF without numbers", chfRecord(gone(11), cons(13, prim(0, "07"))), chfRecord(gone(11), cons(13, prim(0, "07"), prim(12, "33"))), true},
		{"two sessions of it", chfRecord(gone(11), cons(13, prim(0, "07"))), chfRecord(gone(11), cons(13, prim(0, "08"))), false},
		{"sessions with an identifier of their own", chfRecord(gone(11), cons(13, prim(0, "07")), prim(16, "01")), chfRecord(gone(11), cons(13, prim(0, "07")), prim(16, "02")), false},
	} {
		a, b := identity(c.a), identity(c.b)
		if a == 0 || b == 0 || (a == b) != c.same {
			t.Errorf("%s: %x and %x, same: %v", c.name, a, b, c.same)
		}
	}
	if identity(pgwRecord(gone(5))) != 0 || identity(mmtelRecord(gone(5), gone(19))) != 0 || identity(chfRecord(gone(11), cons(13, prim(12, "06")))) != 0 {
		t.Error("what nothing identifies is identified")
	}
}

// TestKinds is about the catalogue: names fit the accounts, and no two kinds are alike.
func TestKinds(t *testing.T) {
	if most := len(decode.Tally{}.Types); len(kinds.names) > most {
		t.Errorf("%d names of types, accounts have room for %d", len(kinds.names), most)
	}
	seen := map[[2]uint64]string{}
	for _, k := range kinds.kinds {
		key := [2]uint64{uint64(k.choice), k.recordType}
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s have tag %d and type %d", other, k.name, k.choice, k.recordType)
		}
		seen[key] = k.name
	}
}
