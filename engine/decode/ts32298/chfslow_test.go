package ts32298

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// The reference for the records of the converged charging.

func slowCHF(n *slowNode) facts {
	if n.at(6) == nil {
		panic("opening")
	}
	start, offset := slowTime(n.at(6))
	f := facts{"start": start.UTC().Format("2006-01-02T15:04:05.000Z"), "offset": fmt.Sprint(offset)}
	duration, cause := int64(0), int64(0)
	if d := n.at(7); d != nil {
		duration = 1000 * slowNumber(d, 4_294_967)
	}
	if s := n.at(8); s != nil {
		f["partial"] = fmt.Sprint(slowNumber(s, 1<<32-1))
	}
	if c := n.at(9); c != nil {
		cause = slowNumber(c, 1<<32-1)
	}
	if cause == 4 {
		f["cause"] = "41"
	}
	number := ""
	switch kind, data := n.at(2, 0).hex(), n.at(2, 1).text(); kind {
	case "00":
		number = strings.TrimPrefix(data, "msisdn-")
	case "01":
		f["imsi"] = strings.TrimPrefix(data, "imsi-")
	}
	switch {
	case n.at(28) != nil:
		slowCHFCall(n, f, number, duration)
	case n.at(15) != nil:
		slowCHFMessage(n, f, number)
	case n.at(13) != nil || n.at(5) != nil:
		slowCHFData(n, f, number, duration)
	default:
		return facts{"skip": "true"}
	}
	if f["skip"] != "" {
		return facts{"skip": "true"}
	}
	return f
}

func (f facts) number(name string, p slowParty) {
	if p.rank < 2 {
		return
	}
	if f[name] = p.uri; p.plus {
		f[name] = "+" + p.uri
	}
	if p.rank == 5 {
		f["international"] += name
	}
}

// slowUnits calls container for every container of used units.
func slowUnits(n *slowNode, container func(group int, c *slowNode)) {
	if n.at(5) == nil {
		return
	}
	for i, usage := range n.at(5).list {
		if usage.at(1) != nil {
			for _, c := range usage.at(1).list {
				container(i, c)
			}
		}
	}
}

func slowCHFData(n *slowNode, f facts, number string, duration int64) {
	f["service"], f["direction"], f["talk"] = "data", "originating", fmt.Sprint(duration)
	pdu := n.at(13)
	f.number("calling", slowPartyOf("2.3", number))
	if number == "" {
		f.number("calling", slowBest(pdu.at(1)))
	}
	f["imei"] = slowEquipment(pdu.at(2))
	f["rat"] = slowRAT(pdu.at(12))
	up, down, told := int64(0), int64(0), false
	add := func(c *slowNode, total, sent, received int) {
		read := func(tag int) (v int64, there bool) {
			if m := c.at(tag); m != nil {
				told = true
				return slowNumber(m, 1<<50), true
			}
			return 0, false
		}
		t, _ := read(total)
		u, hasUp := read(sent)
		d, hasDown := read(received)
		if rest := t - u - d; rest > 0 && hasDown && !hasUp {
			u += rest
		} else if rest > 0 {
			d += rest
		}
		if up, down = up+u, down+d; up > 1<<50 || down > 1<<50 {
			panic("volume")
		}
	}
	slowUnits(n, func(_ int, c *slowNode) { add(c, 4, 5, 6) })
	if flows := n.at(14, 0); !told && flows != nil {
		for _, c := range flows.list {
			add(c, 3, 4, 5)
		}
	}
	f["up"], f["down"] = fmt.Sprint(up), fmt.Sprint(down)
	if reports := pdu.at(23); reports != nil {
		for _, r := range reports.list {
			u, d, _ := slowVolumes(r.at(1), "2.4", "2.3")
			if rat := map[string]string{"NR": "5g", "EUTRA": "4g"}[r.at(0).text()]; rat != "" && 2*(u+d) > up+down {
				f["rat"] = rat
			}
		}
	}
	f["cell"] = slowCHFCell(pdu.at(35), pdu.at(3))
	if f["plmn"] = slowPLMN(pdu.at(27).hex()); f["plmn"] == "" && pdu.at(11) != nil {
		f["plmn"] = slowPLMN(pdu.at(11).list[0].at(0, 3).hex())
	}
}

func slowEquipment(n *slowNode) string {
	data := strings.TrimPrefix(strings.TrimPrefix(n.at(1).text(), "imei-"), "imeisv-")
	switch {
	case n.at(0).hex() != "00":
		return ""
	case len(data) >= 14 && strings.Trim(data, "0123456789") == "":
		return data
	case len(data) >= 7:
		return slowTBCD(n.at(1))
	}
	return ""
}

func slowCHFCell(structured, octets *slowNode) string {
	cell := func(plmn, area, cell *slowNode) string {
		v, err := strconv.ParseUint(cell.text(), 16, 64)
		if network := slowPLMN(plmn.hex()); err == nil && network != "" && area != nil {
			return fmt.Sprintf("%s-%d-%d", network, slowUint(area.value), v)
		}
		return ""
	}
	for _, kind := range []int{0, 1} {
		if l := structured.at(kind); l != nil {
			return cell(l.at(1, 0), l.at(0, 1), l.at(1, 1))
		}
	}
	var location map[string]struct {
		Tai        struct{ Tac string }
		Ecgi, Ncgi struct {
			PlmnID                struct{ Mcc, Mnc string }
			EutraCellID, NrCellID string
		}
	}
	if json.Unmarshal([]byte(octets.text()), &location) == nil {
		for _, l := range location {
			network, number := l.Ncgi.PlmnID, l.Ncgi.NrCellID
			if number == "" {
				network, number = l.Ecgi.PlmnID, l.Ecgi.EutraCellID
			}
			return fmt.Sprintf("%s%s-%d-%d", network.Mcc, network.Mnc, slowHex(l.Tai.Tac), slowHex(number))
		}
	}
	return slowLocation(octets.hex())
}

func slowCHFMessage(n *slowNode, f facts, number string) {
	m := n.at(15)
	f["service"], f["direction"], f["outcome"] = "sms", "originating", "answered"
	switch kind := m.at(21).hex(); kind {
	case "", "00":
	case "03":
		f["direction"] = "terminating"
	default:
		f["skip"] = "true"
		return
	}
	if m.at(8) != nil {
		start, offset := slowTime(m.at(8))
		f["start"], f["offset"] = start.UTC().Format("2006-01-02T15:04:05.000Z"), fmt.Sprint(offset)
	}
	if m.at(29) != nil {
		f["outcome"] = "failed"
		cause, _ := (&slowly{m: map[string]*slowNode{"x": m.at(29)}}).diagnosis("x")
		f["cause"] = fmt.Sprint(cause)
	}
	from, to := m.at(1), (*slowNode)(nil)
	if r := m.at(2); r != nil && len(r.list) > 0 {
		to = r.list[0]
	}
	served, imsi := "calling", from.at(0)
	if f["direction"] == "terminating" {
		served, imsi = "called", to.at(0)
	}
	for name, party := range map[string]*slowNode{"calling": from, "called": to} {
		if name == served && number != "" {
			f[name] = "+" + number
		} else if msisdn := party.at(1); msisdn != nil {
			f[name] = (&slowly{m: map[string]*slowNode{"x": msisdn}}).numberOf("x")
		} else if address := party.at(2, 1); address != nil {
			f[name] = address.text()
		}
	}
	for _, name := range []string{"calling", "called"} {
		if strings.HasPrefix(f[name], "+") {
			f["international"] += name
		}
	}
	if f["imsi"] == "" {
		f["imsi"] = slowTBCD(imsi)
	}
	f["rat"] = slowRAT(m.at(6))
	f["imei"] = slowEquipment(m.at(3))
	f["cell"] = slowCHFCell(m.at(38), m.at(4))
}

func slowCHFCall(n *slowNode, f facts, number string, duration int64) {
	c := n.at(28)
	switch f["service"] = "voice"; c.at(0, 0).text() {
	case "", "INVITE":
	default:
		f["skip"] = "true"
		return
	}
	sums, used, told := map[int]int64{}, int64(0), false
	slowUnits(n, func(group int, c *slowNode) {
		if t := c.at(1); t != nil {
			sums[group] += slowNumber(t, 4_294_967)
			told = true
		}
	})
	for _, sum := range sums {
		used = max(used, 1000*sum)
	}
	if !told {
		used = duration
	}
	code, has := int64(0), c.at(47) != nil
	if has {
		code, _ = strconv.ParseInt(c.at(47).hex(), 16, 64)
	}
	failed := code != 0 && (code < 100 || code >= 400)
	closing := f["cause"]
	if told || has && !failed {
		f["outcome"], f["talk"] = "answered", fmt.Sprint(used)
	} else {
		f["ring"] = fmt.Sprint(used)
	}
	slowOutcome(f, failed, int(code), 0)
	if f["cause"] == "0" && closing != "" {
		f["cause"] = closing
	}
	// The parties are those of a record of the IMS with the same members.
	served, calling, called := slowPartyOf("2.3", number), slowBest(c.at(15)), slowBest(c.at(16))
	served.rank = served.rank / 5 * 5 // an E.164 number, or nothing
	private := slowParty{}
	switch f["direction"] = map[string]string{"": "both", "00": "originating", "01": "terminating"}[c.at(2).hex()]; f["direction"] {
	case "originating":
		private, calling = calling, slowFirst(served, calling)
	case "terminating":
		private, called = called, slowFirst(served, called)
	}
	if private.rank == 1 && f["imsi"] == "" {
		f["imsi"] = uriPattern.FindStringSubmatch(private.uri)[1]
	}
	f.number("calling", calling)
	f.number("called", called)
	f["plmn"] = slowDomain(c.at(53).text())
}

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
