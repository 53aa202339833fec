package tap

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestDetect(t *testing.T) {
	e := encoder{t: t}
	control := batch()["batchControlInfo"].(tree)
	good := file(t, batch(mo(call, nil)))
	for _, c := range []struct {
		name, why string
		head      []byte
		score     int
	}{
		{"a batch", `TAP 3.12: a batch of "DEUD1" for "GBRVF", file "00042"`, good, 100},
		{"the beginning of one", `TAP 3.12: a batch of "DEUD1"`, good[:80], 100},
		{"a notification", `TAP 3.12: the notification that there are no events of "DEUD1"`, e.element("notification", control), 100},
		{"another version", "it does not say that it is of TAP 3", e.element("transferBatch", tree{"batchControlInfo": with(control, tree{"specificationVersionNumber": 2})}), 0},
		{"no sender", "it does not say who sent it", e.element("transferBatch", tree{"batchControlInfo": with(control, tree{"sender": nil})}), 0},
		{"NRTRDE", "the first element holds no BatchControlInfo", []byte("\x61\x82\x02\x7d\x5f\x29\x01\x02\x5f\x25\x01\x01"), 0},
		{"a notification of nobody", "it does not say that it is of TAP 3", []byte{0x62, 0}, 0},
		{"nothing", "it is cut short", nil, 0},
		{"text", "no TransferBatch or Notification", []byte("start_time,calling_number\n"), 0},
		{"a primitive", "no TransferBatch or Notification", []byte{0x41, 1, 0, 0}, 0},
		{"overflow", "its length overflows", []byte{0x61, 0x88, 255, 255, 255, 255, 255, 255, 255, 255}, 0},
	} {
		if m := (Decoder{}).Detect(c.head); m.Score != c.score || !strings.Contains(m.Why, c.why) {
			t.Errorf("%s: %+v, want %d %q", c.name, m, c.score, c.why)
		}
		if _, _, err := (Decoder{}).Open(c.head, decodetest.Source(t)); (err == nil) != (c.score > 0) || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNotification(t *testing.T) {
	e := encoder{t: t}
	data := e.element("notification", batch()["batchControlInfo"])
	l, skip := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
	if c := (Decoder{}).Claims(l); skip != len(data) || c != (decode.Claims{Has: decode.ClaimSequence, Sequence: 42, Switch: "TAP DEUD1 > GBRVF"}) {
		t.Errorf("skips %d of %d, claims %+v", skip, len(data), c)
	}
}

// TestLongHead: a table of recording entities that is longer than what Open sees does
// not hide the offsets, and is no record.
func TestLongHead(t *testing.T) {
	f := batch(mo(call, nil))
	entities := []any{}
	for i := range 9000 {
		entities = append(entities, tree{"recEntityCode": i, "recEntityType": 1, "recEntityId": text("491701234")})
	}
	f["networkInfo"].(tree)["recEntityInfo"] = entities
	data := file(t, f)
	for _, cut := range []int{decode.MaxHead, len(data)} {
		l, skip := decodetest.Open(t, Decoder{}, data[:cut], decodetest.Source(t))
		decodetest.Check(t, Decoder{}, l, data[skip:])
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, data[skip:], &b, &tally)
		if b.Len() != 1 || tally.Read != 1 {
			t.Errorf("of %d bytes seen: %+v", cut, tally)
		}
	}
}

// TestDamage is about files that are not whole, and what else there is in them.
func TestDamage(t *testing.T) {
	whole := file(t, batch(mo(call, nil), mt(call, nil)))
	joined := func(group string, more tree) []byte {
		second := batch(mt(call, nil))
		second[group] = with(second[group].(tree), more)
		return append(append([]byte{}, whole...), file(t, second)...)
	}
	junk, _ := hex.DecodeString("7f8199")
	l, skip := decodetest.Open(t, Decoder{}, whole, decodetest.Source(t))
	for _, c := range []struct {
		name            string
		block           []byte
		rows            int
		rejects, reason string
	}{
		{"cut", whole[skip : len(whole)-80], 1, "1", "it is cut short"},
		{"a second batch", joined("batchControlInfo", tree{"fileSequenceNumber": text("00043")})[skip:], 3, "0", ""},
		{"one of another sender", joined("batchControlInfo", tree{"sender": text("FRAF1")})[skip:], 3, "1", "a second batch is in this file, of another sender or recipient"},
		{"one for somebody else", joined("batchControlInfo", tree{"recipient": text("FRAF1")})[skip:], 3, "1", "of another sender or recipient"},
		{"one of other decimals", joined("accountingInfo", tree{"tapDecimalPlaces": 2})[skip:], 3, "1", "of other tapDecimalPlaces"},
		{"one of other offsets", joined("networkInfo", tree{"utcTimeOffsetInfo": []any{tree{"utcTimeOffsetCode": 1, "utcTimeOffset": text("+0100")}}})[skip:], 3, "1", "of another table of offsets"},
		{"fill", append(append([]byte{0, 0, 0, 0xFF}, whole[skip:]...), 0, 0, 0, 0, 0xFF, 0xFF), 2, "0", ""},
		{"another element", append([]byte{0x7F, 0x83, 0x7F, 0}, whole[skip:]...), 2, "1", "its tag is 511 of class 1"},
		{"a byte", []byte{0x69}, 0, "1", "it is cut short"},
		{"junk before", append(append([]byte{}, junk...), whole[skip+2:]...), 2, "1", "it is cut short"},
		{"an event that is damaged inside", []byte{0x69, 3, 0x7F, 0x81, 0x13}, 0, "1", "an element in the event: it is cut short"},
		{"nested too deep", deep(), 0, "1", "an element in the event: it is nested deeper than 32 levels"},
	} {
		decodetest.Check(t, Decoder{}, l, c.block)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, c.block, &b, &tally)
		reasons := ""
		for _, r := range tally.Rejects {
			reasons += r.Reason
		}
		if b.Len() != c.rows || c.rejects == "0" != (len(tally.Rejects) == 0) || len(tally.Rejects) > 1 || !strings.Contains(reasons, c.reason) {
			t.Errorf("%s: %d rows, rejects %q", c.name, b.Len(), reasons)
		}
	}
}

// deep is an event of groups within groups.
func deep() []byte {
	b := []byte{}
	e := encoder{}
	for range 50 {
		b = e.tlv(427, true, b)
	}
	return e.tlv(9, true, b)
}
