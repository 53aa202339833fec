package ts32298

import (
	"fmt"
	"testing"
)

func (m maker) of(words ...string) string { return words[m.IntN(len(words))] }

func (m maker) uri() string {
	number := m.of("+", "", "0") + m.digits(4+m.IntN(12))
	switch m.IntN(8) {
	case 0:
		return "sip:" + m.of("bob", "anonymous", "+", "") + "@" + m.of("x", "anonymous.invalid")
	case 1:
		return "sip:23415" + m.digits(9+m.IntN(3)) + "@ims.mnc015.mcc234.3gppnetwork.org"
	case 2, 3:
		return "tel:" + number + m.of("", ";npdi", "-5")
	case 4:
		return "urn:service:sos"
	case 5:
		return "440" + m.digits(7)
	}
	return m.of("sip:", "SIP:", "sips:") + number + m.of("@x", "@x;user=phone", ";phone-context=y@x", ":1@x")
}

func (m maker) parties(tag uint32, n int) element {
	var uris []string
	for range n {
		uris = append(uris, m.uri())
	}
	return parties(tag, uris...)
}

func (m maker) access() string {
	hex := func(n int) string { return fmt.Sprintf("%09x", m.Int64N(1<<36))[9-n:] }
	return m.of(
		"3GPP-E-UTRAN-FDD;utran-cell-id-3gpp="+m.of("23415", "310410", "x")+hex(4)+hex(7),
		"3GPP-NR-TDD; utran-cell-id-3gpp=\""+m.of("23415", "310410")+hex(6)+hex(9)+"\";x",
		"3GPP-GERAN;cgi-3gpp=23415"+hex(4)+hex(4), "3gpp-UTRAN-FDD", "IEEE-802.11;i-wlan-node-id=aa", "ADSL;utran-cell-id-3gpp=00000000", "", "3GPP-UTRAN;utran-cell-id-3gpp=234z5"+hex(4)+hex(7),
	)
}

// ims is a record of the IMS.
func (m maker) ims(tag uint32) []byte {
	body := []element{prim(0, fmt.Sprintf("%02x", tag))}
	add := func(chance int, e element) {
		if m.IntN(chance) > 0 {
			body = append(body, e)
		}
	}
	near := func() string {
		if m.IntN(100) == 0 {
			return m.time()
		}
		return fmt.Sprintf("26032823%02d%02d2B0100", m.IntN(60), m.IntN(60))
	}
	asked := uint32(41)
	if tag == 83 || tag == 69 {
		asked = 101
	}
	add(4, prim(2, octets(m.of("INVITE", "INVITE", "INVITE", "BYE", "MESSAGE", "REGISTER", "invite"))))
	add(4, prim(3, m.of("00", "01", "02", "FF", "00", "01")))
	add(9, m.parties(6, 1+m.IntN(3)))
	add(9, m.parties(7, 1))
	add(2, m.parties(asked, 1))
	add(9, prim(9, near()))
	add(3, prim(10, near()))
	add(4, prim(11, near()))
	add(2, prim(12, near()))
	add(2, prim(13, near()))
	for _, fraction := range []uint32{37, 38, 39} {
		add(2, prim(fraction, m.of("00", "01F4", "03E7", "0A", "63", "01", "02", "7F", "03E8")))
	}
	add(3, prim(16, m.of("01", "02", "00", "0100")))
	add(4, prim(17, m.of("00", "01", "03", "04", "05", "02", "01E6", "FE1A", "FF", "06", "0300", "00C8", "FF38")))
	add(2, prim(23, octets(m.of("200", "486", "480", "-200", "603", "503", "0", "2", "x", "+5", "", "99999999999"))))
	add(2, cons(55, prim(0, octets(m.of("Q.850;cause=16", "SIP;cause=487", "Q.850 ;cause=\"17\"", "Q.850;cause=0", "x;cause=1"))), prim(0, octets(m.of("SIP;cause=486;text=\"a\"", "Q.850;cause=200")))))
	add(2, prim(29, octets(m.access())))
	add(2, prim(64, octets(m.access())))
	add(2, subscriptions(m.of("00", "02", "01"), m.of("447700900999", "+447700900999", "sip:a@b"), m.of("00", "01", "03"), m.of("447700900998", "234150000000017", "x")))
	add(2, prim(54, octets(m.of("ims.mnc015.mcc234.3gppnetwork.org", "ims.mnc026.mcc310.3gppnetwork.org", "mnc01.mcc234", "visited.example", "mnc215.mcc234"))))
	add(2, cons(58, prim(0, "00"), prim(1, tbcd(m.digits(15+m.IntN(2))))))
	if tag == 83 {
		add(2, cons(110, cons(0, element{number: 17, inner: []element{prim(0, m.of("00", "04", "06")), m.parties(3, 1)}})))
	}
	return m.written(tag, body)
}

// TestIMSAgainstReference compares the decoder with the slow one.
func TestIMSAgainstReference(t *testing.T) {
	tags := []uint32{83, 83, 83, 69, 69, 63, 67}
	testReference(t, 4_000, func(m maker) []byte { return m.ims(tags[m.IntN(len(tags))]) }, slowIMS)
}
