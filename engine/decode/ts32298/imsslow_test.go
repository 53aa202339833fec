package ts32298

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// The reference for the records of the IMS: regular expressions and package time.

type slowParty struct {
	uri  string
	rank int
	plus bool // a + is to be put in front
}

var (
	uriPattern  = regexp.MustCompile(`^(?i:sip:|sips:|tel:)?([^@;:]*)(.*)$`)
	digitsOnly  = regexp.MustCompile(`^\+?[-.()]*[0-9][-.()0-9]*$`)
	domainPLMN  = regexp.MustCompile(`mnc([0-9]{3})\.mcc([0-9]{3})`)
	cellPattern = regexp.MustCompile(`(utran-cell-id-3gpp|cgi-3gpp)="?([^; ,"]*)`)
)

func slowDomain(text string) string {
	m := domainPLMN.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	mcc, mnc := m[2], m[1]
	long := strings.Contains("302 310 311 312 313 314 315 316 334 338 342 344 346 348 352 354 356 358 360 365 366 376 708 722 732", mcc)
	if !long {
		mnc = strings.TrimPrefix(mnc, "0")
	}
	return mcc + mnc
}

func slowPartyOf(alternative, uri string) slowParty {
	m := uriPattern.FindStringSubmatch(uri)
	user, rest := m[1], m[2]
	p := slowParty{uri: uri, rank: 2}
	network := slowDomain(rest)
	if digitsOnly.MatchString(user) {
		p.uri = user
	}
	switch plain := strings.Trim(user, "0123456789") == ""; {
	case uri == "":
		p.rank = 0
	case alternative == "2.3" && digitsOnly.MatchString(user):
		p.rank, p.plus = 5, user[0] != '+'
	case !digitsOnly.MatchString(user):
	case user[0] == '+':
		p.rank = 5
	case alternative == "2.1", strings.Contains(rest, "user=phone"):
		p.rank = 4
	case plain && (len(user) == 14 || len(user) == 15) && network != "" && strings.HasPrefix(user, network):
		p.rank = 1
	default:
		p.rank = 3
	}
	return p
}

func slowBest(n *slowNode) (best slowParty) {
	if n == nil {
		return best
	}
	for _, e := range n.list {
		if p := slowPartyOf(e.tag, e.text()); p.rank > best.rank {
			best = p
		}
	}
	return best
}

func slowFirst(parties ...slowParty) slowParty {
	for _, p := range parties {
		if p.rank > 1 {
			return p
		}
	}
	return slowParty{}
}

// moment is when a member says, with milliseconds beside it.
func (n *slowNode) moment(tag, fraction int) (t time.Time, offset int, known bool) {
	if n.at(tag) == nil {
		return t, 0, false
	}
	t, offset = slowTime(n.at(tag))
	if ms := n.at(fraction); fraction > 0 && ms != nil {
		t = t.Add(time.Duration(slowNumber(ms, 999)) * time.Millisecond)
	}
	return t, offset, true
}

// slowSpan is a time in milliseconds, "" where it is not known.
func slowSpan(from time.Time, known bool, to time.Time, ended bool) string {
	d := to.Sub(from)
	if !known || !ended || d < -time.Second || d > 4_294_967*time.Second {
		return ""
	}
	return fmt.Sprint(max(0, d.Milliseconds()))
}

func slowIMS(n *slowNode) facts {
	tag := strings.TrimPrefix(n.tag, "2.")
	f := facts{"service": "voice"}
	switch method := n.at(2).text(); method {
	case "", "INVITE", "BYE", "CANCEL", "ACK", "UPDATE", "PRACK", "REFER":
	case "MESSAGE":
		f["service"] = "sms"
	default:
		return facts{"skip": "true"}
	}
	partial := int64(0)
	if s := n.at(16); s != nil {
		partial = slowNumber(s, 1<<32-1)
	}
	slice, failed, sip, q850 := slowEnding(n)
	if slice && partial == 0 {
		partial = 1
	}
	f["partial"] = fmt.Sprint(partial)
	slowIMSTimes(n, f, partial, slice)
	slowOutcome(f, failed, sip, q850)
	slowIMSParties(n, f, tag)
	slowWhere(n, f)
	return f
}

func slowEnding(n *slowNode) (slice, failed bool, sip, q850 int) {
	code := func(v int64) {
		if v < 0 {
			v = -v
		} else {
			failed = failed || v > 0 && (v < 100 || v > 699)
		}
		if v >= 100 && v <= 699 {
			sip = int(v)
			failed = failed || v >= 400
		}
	}
	if c := n.at(17); c != nil {
		if len(c.value) > 8 {
			panic("cause")
		}
		v := int64(int8(c.value[0]))
		for _, b := range c.value[1:] {
			v = v*256 + int64(b)
		}
		slice = v == 3 || v == 4 || v == 5
		if failed = v == 1 || v == 2; v < 0 || v > 5 {
			code(v)
		}
	}
	if v, err := strconv.ParseInt(n.at(23).text(), 10, 32); err == nil && n.at(23).text()[0] != '+' {
		code(v)
	}
	if r := n.at(55); r != nil {
		for _, e := range r.list {
			if m := regexp.MustCompile(`^(Q\.850|SIP).*?cause="?(\d+)`).FindStringSubmatch(e.text()); m != nil {
				v, _ := strconv.Atoi(m[2])
				switch {
				case m[1] == "Q.850" && v > 0 && v < 128:
					q850 = v
				case m[1] == "SIP" && sip == 0 && v >= 300 && v < 700:
					sip = v
				}
			}
		}
	}
	return slice, failed, sip, q850
}

func slowIMSTimes(n *slowNode, f facts, partial int64, slice bool) {
	request, ro, requested := n.moment(9, 37)
	answer, ao, answered := n.moment(10, 38)
	opening, oo, wasOpened := n.moment(12, 0)
	end, _, ended := n.moment(11, 39)
	closure, _, wasClosed := n.moment(13, 0)
	if (slice || !ended) && wasClosed {
		end, ended = closure, true
	}
	start, offset := request, ro
	switch {
	case partial > 1 && wasOpened, !requested && !answered && wasOpened:
		start, offset = opening, oo
	case requested:
	case answered:
		start, offset = answer, ao
	default:
		panic("no time")
	}
	f["start"], f["offset"] = start.UTC().Format("2006-01-02T15:04:05.000Z"), fmt.Sprint(offset)
	switch continued := partial > 1 && wasOpened; {
	case f["service"] == "sms":
	case !answered:
		f["ring"] = slowSpan(start, true, end, ended)
	case continued:
		f["outcome"], f["talk"] = "answered", slowSpan(opening, true, end, ended)
	default:
		f["outcome"], f["ring"], f["talk"] = "answered", slowSpan(request, requested, answer, true), slowSpan(answer, true, end, ended)
	}
}

func slowOutcome(f facts, failed bool, sip, q850 int) {
	f["cause"] = fmt.Sprint(q850)
	switch names := [5]string{"", "answered", "no_answer", "busy", "failed"}; {
	case f["service"] == "sms":
		if f["outcome"] = "answered"; failed {
			f["outcome"] = "failed"
		}
	case f["outcome"] == "answered":
		if failed && q850 == 0 {
			f["cause"] = "41"
		}
	case sip >= 300:
		f["outcome"] = names[decode.OutcomeOfSIP(uint16(sip))]
	case q850 != 0:
		f["outcome"] = names[decode.OutcomeOfQ850(uint16(q850))]
	case failed:
		f["outcome"] = "failed"
	default:
		f["outcome"] = "no_answer"
	}
}

func slowIMSParties(n *slowNode, f facts, tag string) {
	f["direction"] = "none"
	if tag == "83" || tag == "69" {
		f["direction"] = map[string]string{"00": "originating", "01": "terminating"}[n.at(3).hex()]
		if f["direction"] == "" {
			f["direction"] = "both"
		}
	}
	var served slowParty
	if subscriptions := n.at(31); subscriptions != nil {
		for _, s := range subscriptions.list {
			data := s.at(1).text()
			switch s.at(0).hex() {
			case "00":
				served = slowPartyOf("2.3", data)
			case "01":
				f["imsi"] = data
			case "02":
				if served.rank == 0 {
					served = slowPartyOf("2.0", data)
				}
			}
		}
	}
	asked := n.at(41)
	if tag == "83" || tag == "69" {
		asked = n.at(101)
	}
	calling, reached := slowBest(n.at(6)), slowBest(n.at(7))
	called := slowFirst(reached, slowBest(asked))
	private := slowParty{}
	diverted := slowDiversion(n, tag)
	switch served := served; {
	case diverted != nil:
		f["forwarded"] = "true"
		if f["direction"] != "none" {
			f["direction"] = "originating"
		}
		calling = slowFirst(slowBest(diverted.at(3)), served, slowBest(asked))
	case f["direction"] == "originating":
		private = calling
		if calling = slowFirst(calling, served); served.rank == 5 {
			calling = served
		}
	case f["direction"] == "terminating":
		private = reached
		if called = slowFirst(called, served); served.rank == 5 {
			called = served
		}
	}
	if private.rank == 1 && f["imsi"] == "" {
		f["imsi"] = private.uri
	}
	for name, p := range map[string]slowParty{"calling": calling, "called": called} {
		if p.rank < 2 {
			continue
		}
		if f[name] = p.uri; p.plus {
			f[name] = "+" + p.uri
		}
		if p.rank == 5 && name == "calling" {
			f["international"] = name + f["international"]
		} else if p.rank == 5 {
			f["international"] += name
		}
	}
}

func slowDiversion(n *slowNode, tag string) *slowNode {
	services := n.at(110, 0)
	if tag != "83" || services == nil {
		return nil
	}
	i := slices.IndexFunc(services.list, func(s *slowNode) bool { return s.at(0).hex() == "06" })
	if i < 0 {
		return nil
	}
	return services.list[i]
}

func slowWhere(n *slowNode, f facts) {
	f["plmn"] = slowDomain(n.at(54).text())
	access := n.at(29).text()
	for prefix, rat := range map[string]string{"3GPP-E-UTRAN": "4g", "3GPP-UTRAN": "3g", "3GPP-GERAN": "2g", "3GPP-NR": "5g", "IEEE-802.11": "wifi"} {
		if strings.HasPrefix(strings.ToUpper(access), strings.ToUpper(prefix)) {
			f["rat"] = rat
		}
	}
	for _, text := range []string{access, n.at(64).text()} {
		m := cellPattern.FindStringSubmatch(text)
		if m == nil || f["cell"] != "" {
			continue
		}
		shape := `^(\d{5,6})([0-9a-fA-F]{4})([0-9a-fA-F]{7})$`
		if m[1] == "cgi-3gpp" {
			shape = `^(\d{5,6})([0-9a-fA-F]{4})([0-9a-fA-F]{4})$`
		} else if len(m[2]) >= 20 {
			shape = `^(\d{5,6})([0-9a-fA-F]{6})([0-9a-fA-F]{9})$`
		}
		if c := regexp.MustCompile(shape).FindStringSubmatch(m[2]); c != nil {
			f["cell"] = fmt.Sprintf("%s-%d-%d", c[1], slowHex(c[2]), slowHex(c[3]))
			if f["plmn"] == "" {
				f["plmn"] = c[1]
			}
		}
	}
	if e := n.at(58); e != nil {
		f["imei"] = slowTBCD(e.at(1))
	}
}
