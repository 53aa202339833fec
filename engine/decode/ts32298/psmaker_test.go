package ts32298

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// location is a User Location Information of one of the three forms, or of none.
func (m maker) location() string {
	plmn := []string{"32F451", "130014", "02F810", "AAF810"}[m.IntN(20)/6]
	if m.IntN(10) == 0 {
		return m.digits(2 * m.IntN(16))
	}
	switch m.IntN(7) {
	case 0:
		return fmt.Sprintf("0%d%s%s%s", m.IntN(3), plmn, m.digits(4), []string{m.digits(4), "12FF"}[m.IntN(2)])
	case 1:
		return "80" + plmn + m.digits(4)
	case 2:
		return "81" + plmn + "0" + m.digits(7)
	case 3:
		return "82" + plmn + m.digits(4) + plmn + "F" + m.digits(7)
	}
	flags := m.IntN(256)
	h := fmt.Sprintf("%02x", flags)
	for i, size := range [8]int{8, 8, 8, 4, 8, 4, 6, 6} {
		if flags>>i&1 == 1 {
			h += plmn + m.digits(size)
		}
	}
	if m.IntN(10) == 0 {
		h = h[:len(h)/4*2]
	}
	return h
}

func (m maker) volume() string {
	return []string{"00", "64", "7F", "00" + m.integer(1<<30), "00FFFFFFFF", "0100000000", "0000" + m.digits(6)}[m.IntN(7)]
}

func (m maker) containers(tag, up, down uint32) element {
	list := []element{}
	for range m.IntN(4) {
		in := []element{prim(5, "02")}
		if m.IntN(8) > 0 {
			in = append(in, prim(up, m.volume()))
		}
		if m.IntN(8) > 0 {
			in = append(in, prim(down, m.volume()), prim(6, m.time()))
		}
		list = append(list, seq(in...))
	}
	if m.IntN(100) == 0 {
		list = append(list, seq(prim(up, []string{"80", "04000000000001", "04000000000000"}[m.IntN(3)])))
	}
	return cons(tag, list...)
}

// session is a record of a session.
func (m maker) session(tag int) []byte {
	body := []element{prim(0, psTypes[tag])}
	for _, name := range slices.Sorted(maps.Keys(psNumbers[tag])) {
		n := uint32(psNumbers[tag][name])
		var e element
		switch name {
		case "imsi", "imei":
			e = prim(n, tbcd(m.digits(14+m.IntN(3))))
		case "msisdn":
			e = prim(n, []string{"91", "A1", "81"}[m.IntN(3)]+tbcd(m.digits(m.IntN(14))))
		case "opening", "start", "stop":
			e = prim(n, m.time())
		case "duration":
			e = prim(n, "00"+m.integer(4_300_000))
		case "cause":
			e = prim(n, []string{"00", "04", "10", "11", "16", "7F"}[m.IntN(6)])
		case "sequence":
			e = prim(n, []string{"01", "02", "0100", "00", "00FFFFFFFF"}[m.IntN(5)])
		case "plmn":
			e = prim(n, []string{"32F451", "130014", "32F4", "AAF810"}[m.IntN(4)])
		case "rat":
			e = prim(n, fmt.Sprintf("%02x", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 51, 0, 50, 101, 200}[m.IntN(15)]))
		case "location", "last":
			e = prim(n, m.location())
		case "volumes":
			e = m.containers(n, 3, 4)
		case "services":
			e = m.containers(n, 12, 13)
		case "second":
			e = cons(n, seq(prim(1, m.volume()), prim(2, m.volume())), seq(prim(1, m.volume()), prim(2, m.volume()), prim(5, []string{"00", "01"}[m.IntN(2)])))
		case "lac", "cell":
			e = prim(n, m.digits(4))
		}
		if m.IntN(6) > 0 || name == "opening" && m.IntN(6) > 0 {
			body = append(body, e)
		}
	}
	return m.written(uint32(tag), body)
}

// written is a record with members that nobody knows, in any order and encoding.
func (m maker) written(tag uint32, body []element) []byte {
	for m.IntN(3) == 0 {
		body = append(body, []element{prim(120+uint32(m.IntN(900)), "0102"), cons(150, prim(1, "21"), cons(9)), {class: 3, number: 5, value: []byte{1}}}[m.IntN(3)])
	}
	m.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
	return style{m.Rand}.append(nil, cons(tag, body...))
}

// TestSessionsAgainstReference compares the decoder with the slow one.
func TestSessionsAgainstReference(t *testing.T) {
	tags := []int{79, 79, 79, 78, 20, 96}
	testReference(t, 4_000, func(m maker) []byte { return m.session(tags[m.IntN(len(tags))]) }, slowPS)
}
