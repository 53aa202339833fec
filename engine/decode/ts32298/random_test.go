package ts32298

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// maker makes records by chance.
type maker struct{ *rand.Rand }

func (m maker) digits(n int) string {
	s := ""
	for range n {
		s += string("0123456789"[m.IntN(10)])
	}
	return s
}

func (m maker) directory() string {
	octets := []string{"91", "A1", "81", "1181", "0180", "2183", "91", "91", "11", "B1"}[m.IntN(10)]
	digits := m.digits(m.IntN(16))
	if m.IntN(20) == 0 {
		digits += "*#ab"[:1+m.IntN(4)]
	}
	return directoryNumber(octets, digits)
}

// time is a TimeStamp near one date, rarely one that cannot be.
func (m maker) time() string {
	if m.IntN(60) == 0 {
		return []string{"2613010000002b0000", "2602300000002b0000", "2601012400002b0000", "26010100000a2b0000", "2601010000002c0000", "2601010000002b2500", "26010100000000", "2601010000602b0000", "2600100000002d0000", "2601010000002b0075", "2602290000002b0000"}[m.IntN(11)]
	}
	sign := []string{"2b", "2d"}[m.IntN(2)]
	return fmt.Sprintf("%02d%02d%02d%02d%02d%02d%s%02d%02d", 26-m.IntN(20)/19, 1+m.IntN(20)/19, 1+m.IntN(28), m.IntN(24), m.IntN(60), m.IntN(60), sign, m.IntN(14), m.IntN(4)*15)
}

func (m maker) integer(n int) string {
	return fmt.Sprintf("%08x", m.IntN(n))[2*m.IntN(4):]
}

func (m maker) member(name string, number uint32) element {
	switch name {
	case "servedIMSI", "servedIMEI":
		return prim(number, tbcd(m.digits(14+m.IntN(3))))
	case "servedMSISDN", "callingNumber", "calledNumber", "translatedNumber", "connectedNumber", "roamingNumber", "recordingEntity":
		return prim(number, m.directory())
	case "destinationNumber":
		return prim(number, directoryNumber([]string{"91", "A1", "81"}[m.IntN(3)], m.digits(1+m.IntN(15))))
	case "seizure", "answer", "release", "eventTime":
		return prim(number, m.time())
	case "duration":
		return prim(number, m.integer(1<<22+1<<18))
	case "cause":
		return prim(number, []string{"00", "01", "02", "03", "04", "05", "34", "0009", "00", "03"}[m.IntN(10)])
	case "diagnostics", "smsResult":
		return cons(number, prim(uint32(m.IntN(3)), []string{"10", "11", "1F", "22", "29", "1B", "2D", "01", "0090", "0012", "00"}[m.IntN(11)]))
	case "sequence":
		return prim(number, []string{"01", "02", "03", "00"}[m.IntN(4)])
	case "incomingTKGP", "outgoingTKGP":
		return cons(number, []element{prim(0, "07"), prim(1, hex.EncodeToString([]byte("TK"+m.digits(3))))}[m.IntN(2)])
	case "location":
		return cons(number, []element{prim(0, m.digits(4)), prim(1, m.digits(4)), prim(2, []string{"32F451", "130014"}[m.IntN(2)])}[:1+m.IntN(3)]...)
	case "supplServicesUsed":
		return cons(number, seq(prim(0, "11")), seq(prim(0, []string{"21", "2A", "31", "24", "92"}[m.IntN(5)]), prim(1, m.time())))
	case "camelInitCF", "systemType":
		return prim(number, []string{"00", "01", "02", "07"}[m.IntN(4)])
	}
	return prim(number, m.digits(2*m.IntN(4)))
}

// record is a record of the kind with choice tag.
func (m maker) record(tag uint32) []byte {
	names := strings.Fields(slowNames[fmt.Sprint(tag)])
	recordType := tag
	if tag == 21 {
		recordType = 88
	}
	body := []element{prim(0, fmt.Sprintf("%02x", recordType))}
	for i, name := range names[1:] {
		if m.IntN(5) > 0 && name != "translatedNumber" || name == "duration" && m.IntN(9) > 0 || m.IntN(8) == 0 {
			body = append(body, m.member(name, uint32(i+1)))
		}
	}
	for m.IntN(3) == 0 {
		body = append(body, []element{prim(200+uint32(m.IntN(900)), "0102"), cons(150, prim(1, "21"), cons(9)), {class: 3, number: 5, value: []byte{1}}}[m.IntN(3)])
	}
	if m.IntN(2) == 0 {
		m.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	}
	return style{m.Rand}.append(nil, cons(tag, body...))
}

// TestAgainstReference compares the decoder with the slow one on records in any shape.
func TestAgainstReference(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(1, 2))}
	source := decodetest.Source(t)
	l, _ := decodetest.Open(t, Decoder{}, nil, source)
	tags := []uint32{0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 21, 100}
	rejected, records := 0, 0
	var file []byte
	for i := range 10_000 {
		raw := m.record(tags[m.IntN(len(tags))])
		var row decode.Row
		problem := Decoder{}.ReadRow(l, raw, &row)
		got, want := fastRow(&row, problem), slowRow(raw, "23415")
		if problem != "" && strings.HasPrefix(want, "rejected") {
			rejected++
			continue
		}
		if got != want {
			t.Fatalf("record %d, %x:\n%s\n%s", i, raw, got, want)
		}
		if i < 2000 {
			file = append(file, raw...)
			records++
		}
	}
	if rejected > 3_000 || rejected < 100 {
		t.Errorf("%d rejected", rejected)
	}
	decodetest.Check(t, Decoder{}, l, file)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, file, &b, &tally)
	if int(tally.Read) != records {
		t.Errorf("%d of %d records found", tally.Read, records)
	}
}
