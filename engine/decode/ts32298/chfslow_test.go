package ts32298

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
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
	if pdu == nil && up+down == 0 {
		f["skip"] = "true"
	}
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
		f["imsi"] = private.uri
	}
	f.number("calling", calling)
	f.number("called", called)
	f["plmn"] = slowDomain(c.at(53).text())
}
