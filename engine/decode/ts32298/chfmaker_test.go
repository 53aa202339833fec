package ts32298

import (
	"fmt"
	"testing"
)

func (m maker) unit() []element {
	var e []element
	for _, tag := range []uint32{4, 5, 6} {
		if m.IntN(4) > 0 {
			e = append(e, prim(tag, m.volume()))
		}
	}
	if m.IntN(2) == 0 {
		e = append(e, prim(1, m.of("00", "3C", "012C")))
	}
	return append(e, prim(9, "01"))
}

func (m maker) place() []element {
	digits := func(n int) string { return octets(fmt.Sprintf("%09x", m.Int64N(1<<36))[9-n:]) }
	plmn := m.of("32F451", "130014")
	return []element{
		cons(35, cons(1, cons(0, prim(0, plmn), prim(1, m.digits(6))), cons(1, prim(0, plmn), prim(1, digits(9))))),
		cons(35, cons(0, cons(0, prim(0, plmn), prim(1, m.digits(4))), cons(1, prim(0, plmn), prim(1, digits(7))))),
		prim(3, octets(fmt.Sprintf(`{"nrLocation": {"tai":{"plmnId":{"mcc":"208","mnc":"93"},"tac":"%s"},"ncgi":{"plmnId":{"mcc":"208","mnc":"93"},"nrCellId":"%s"}}}`, m.digits(6), m.digits(9)))),
		prim(3, octets(fmt.Sprintf(`{"eutraLocation":{"tai":{"plmnId":{"mcc":"310","mnc":"410"},"tac":"%s"},"ecgi":{"plmnId":{"mcc":"310","mnc":"410"},"eutraCellId":"%s"}}}`, m.digits(4), m.digits(7)))),
		prim(3, m.location()),
	}[m.IntN(5):][:1]
}

// chf is a ChargingRecord.
func (m maker) chf() []byte {
	body := []element{prim(0, "00C8"), prim(1, octets("chf-1")), prim(6, m.time())}
	add := func(chance int, e element) {
		if m.IntN(chance) > 0 {
			body = append(body, e)
		}
	}
	some := func(all ...element) (e []element) {
		for _, a := range all {
			if m.IntN(3) > 0 {
				e = append(e, a)
			}
		}
		m.Shuffle(len(e), func(i, j int) { e[i], e[j] = e[j], e[i] })
		return append(e, prim(90, "00"))
	}
	add(6, prim(7, "00"+m.integer(4_300_000)))
	add(3, prim(8, m.of("01", "02", "00")))
	add(3, prim(9, m.of("00", "01", "04", "10", "63", "0063")))
	add(2, subscriber("01", m.of("234150000000017", "imsi-234150000000017")))
	if len(body) == 0 || body[len(body)-1].number != 2 {
		add(4, subscriber("00", m.of("447700900123", "msisdn-447700900123")))
	}
	add(6, cons(5, seq(prim(0, "01"), cons(1, seq(m.unit()...), seq(m.unit()...))), seq(prim(0, "02"), cons(1, seq(m.unit()...)))))
	add(2, cons(14, cons(0, seq(prim(3, m.volume()), prim(4, m.volume()), prim(5, m.volume())))))
	equipment := func(tag uint32) element {
		return cons(tag, prim(0, m.of("00", "00", "01")), prim(1, m.of(tbcd(m.digits(16)), octets(m.digits(15)), octets("imei-"+m.digits(15)), octets("imeisv-"+m.digits(16)), "5379")))
	}
	switch m.IntN(8) {
	case 0:
	case 1, 2:
		place := m.place()[0]
		if place.number = 38; place.inner == nil {
			place.number = 4
		}
		body = append(body, cons(15, some(
			cons(1, some(prim(0, tbcd(m.digits(15))), prim(1, "91"+tbcd("4"+m.digits(11))), cons(2, prim(0, "04"), prim(1, octets(m.digits(5)))))...),
			cons(2, seq(some(prim(0, tbcd(m.digits(15))), prim(1, "91"+tbcd("4"+m.digits(11))), cons(2, prim(0, "04"), prim(1, octets(m.digits(5)))))...)),
			equipment(3), place, prim(6, m.of("33", "06", "01")), prim(8, m.time()), prim(21, m.of("00", "03", "01")), cons(29, prim(uint32(m.IntN(2)), m.of("1B", "15", "01"))),
		)...))
	case 3, 4:
		body = append(body, cons(28, some(
			cons(0, prim(0, octets(m.of("INVITE", "INVITE", "REGISTER")))), prim(2, m.of("00", "01")), m.parties(15, 2), m.parties(16, 1),
			prim(47, m.of("00", "01E6", "01E0", "02", "00C8")), prim(53, octets(m.of("ims.mnc015.mcc234.3gppnetwork.org", "x"))),
		)...))
	default:
		body = append(body, cons(13, some(
			m.parties(1, 1), equipment(2), prim(12, m.of("33", "06", "0A", "42", "37", "7F")), prim(27, m.of("32F451", "130014", "00")),
			cons(11, seq(cons(0, prim(0, "02"), prim(3, "02F810")))), m.place()[0],
			cons(23, seq(prim(0, octets(m.of("NR", "EUTRA", "x"))), cons(1, seq(prim(3, m.volume()), prim(4, m.volume()))))),
		)...))
	}
	return m.written(200, body)
}

// TestCHFAgainstReference compares the decoder with the slow one.
func TestCHFAgainstReference(t *testing.T) {
	testReference(t, 4_000, maker.chf, slowCHF)
}
