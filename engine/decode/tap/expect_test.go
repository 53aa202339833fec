package tap

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// This is the slow reading of TAP that the fast one is compared with: it knows trees
// and paths in them, no tags and no encoding.

// at is the value at a path, nil where there is none.
func at(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(tree)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func asInt(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case float64:
		return int(v), true
	}
	return 0, false
}

func num(v any) int { n, _ := asInt(v); return n }

func ascii(v any) string {
	s, _ := v.(string)
	b, _ := hex.DecodeString(s)
	return strings.TrimSpace(string(b))
}

func digits(v any) string {
	s, _ := v.(string)
	s, _, _ = strings.Cut(s, "f")
	return strings.NewReplacer("a", "*", "b", "#", "c", "a", "d", "b", "e", "c").Replace(s)
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// charges is the sum of all charges of type 00 anywhere in v.
func charges(v any) (sum int) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			sum += charges(x)
		}
	case tree:
		if ascii(v["chargeType"]) == "00" {
			return num(v["charge"])
		}
		for _, x := range v {
			sum += charges(x)
		}
	}
	return sum
}

// expected tells what the event of that kind is to become: a line as told writes it,
// "filtered", or how the reason of its rejection begins.
func expected(file tree, kind string, v tree, wholesale bool) string {
	switch kind {
	case "supplServiceEvent", "serviceCentreUsage", "contentTransaction", "locationService":
		return "filtered"
	}
	basic, _ := v["basicCallInformation"].(tree)
	subscriber := at(basic, "chargeableSubscriber")
	if kind == "gprsCall" {
		basic, _ = v["gprsBasicCallInformation"].(tree)
		subscriber = at(basic, "gprsChargeableSubscriber", "chargeableSubscriber")
	}
	who := at(subscriber, "simChargeableSubscriber")
	stamp := at(basic, "callEventStartTimeStamp")
	if kind == "messagingEvent" || kind == "mobileSession" {
		basic, who, stamp = v, v["chargedParty"], v["serviceStartTimestamp"]
	}
	american := at(subscriber, "minChargeableSubscriber")
	imsi := digits(at(who, "imsi"))
	number := first(plus(digits(at(who, "msisdn"))), ascii(at(who, "publicUserId")), ascii(at(american, "mdn")), ascii(at(american, "min")))
	if imsi+number == "" {
		return "chargeableSubscriber"
	}
	minutes, known := 0, false
	offsets, _ := at(file, "networkInfo", "utcTimeOffsetInfo").([]any)
	for _, o := range offsets {
		if code, ok := asInt(at(stamp, "utcTimeOffsetCode")); ok && code == num(at(o, "utcTimeOffsetCode")) {
			z, err := time.Parse("-0700", ascii(at(o, "utcTimeOffset")))
			_, seconds := z.Zone()
			minutes, known = seconds/60, err == nil
		}
	}
	start, err := time.Parse("20060102150405", ascii(at(stamp, "localTimeStamp")))
	switch {
	case ascii(at(stamp, "localTimeStamp")) == "":
		return "localTimeStamp"
	case !known:
		return "utcTimeOffsetCode"
	case err != nil:
		return "localTimeStamp"
	}
	start = start.Add(-time.Duration(minutes) * time.Minute)

	service, seconds := "voice", num(basic["totalCallEventDuration"])
	tele := ""
	if list, _ := v["basicServiceUsedList"].([]any); len(list) > 0 {
		tele = ascii(at(list[0], "basicService", "serviceCode", "teleServiceCode"))
	}
	switch {
	case kind == "gprsCall":
		service = "data"
	case kind == "messagingEvent" || tele == "20" || tele == "21" || tele == "22":
		service = "sms"
	}
	if _, ok := basic["totalCallEventDuration"]; !ok && service != "sms" {
		return "totalCallEventDuration"
	}
	outcome, ring, cause := "answered", "?", 0
	if num(basic["causeForTerm"]) == 3 {
		outcome = "failed"
	}
	if service == "voice" {
		switch num(basic["causeForTerm"]) {
		case 3:
			ring, seconds = fmt.Sprint(seconds*1000), 0
		case 4:
			cause = 41
		}
	}
	if service == "sms" {
		seconds = 0
	}

	direction, other := "originating", ""
	switch kind {
	case "mobileOriginatedCall":
		d := basic["destination"]
		sms, called := plus(ascii(at(d, "sMSDestinationNumber"))), first(plus(digits(at(d, "calledNumber"))), ascii(at(d, "dialledDigits")))
		if other = first(called, sms); service == "sms" {
			other = first(sms, called)
		}
	case "mobileTerminatedCall":
		direction = "terminating"
		o := basic["callOriginator"]
		sms, calling := plus(ascii(at(o, "sMSOriginator"))), plus(digits(at(o, "callingNumber")))
		if other = first(calling, sms); service == "sms" {
			other = first(sms, calling)
		}
	case "messagingEvent", "mobileSession":
		if num(v["messagingEventService"])+num(v["mobileSessionService"]) == 2 {
			direction = "terminating"
		}
		n := v["nonChargedParty"]
		other = first(plus(digits(at(n, "nonChargedPartyNumber"))), ascii(at(n, "nonChargedPublicUserId")))
	}
	calling, called := number, other
	if direction == "terminating" {
		calling, called = other, number
	}

	place := at(v, "locationInformation", "networkLocation")
	if kind == "gprsCall" {
		place = at(v, "gprsLocationInformation", "gprsNetworkLocation")
	}
	if kind == "messagingEvent" || kind == "mobileSession" {
		place = v
	}
	cell := ""
	if ci, ok := asInt(at(place, "cellId")); ok {
		cell = fmt.Sprint(ci)
		if lac, ok := asInt(at(place, "locationArea")); ok {
			cell = fmt.Sprint(lac, "-", ci)
		}
	}

	charge := 0
	if wholesale {
		charge = charges(v)
		if kind == "messagingEvent" {
			charge += num(v["charge"])
		}
		charge *= 1000 // three decimals
	}
	geography := v["geographicalLocation"]
	for _, group := range []string{"locationInformation", "gprsLocationInformation"} {
		if g := at(v, group, "geographicalLocation"); g != nil {
			geography = g
		}
	}
	visited := first(ascii(at(geography, "servingNetwork")), ascii(at(file, "batchControlInfo", "sender")))
	if visited == ascii(at(file, "batchControlInfo", "recipient")) {
		visited = ""
	}
	partial := strings.Index("?FIL", first(ascii(basic["partialTypeIndicator"]), "?"))
	up, down := num(at(v, "gprsServiceUsed", "dataVolumeOutgoing")), num(at(v, "gprsServiceUsed", "dataVolumeIncoming"))
	forwarded := strings.Contains(" 20 21 28 29 2A 2B ", " "+first(strings.ToUpper(ascii(v["supplServiceCode"])), "x")+" ")
	imei := first(digits(at(v, "equipmentIdentifier", "imei")), digits(at(who, "imei")))
	return fmt.Sprintf("%s %s %s>%s %s%+d talk %d ring %s %s cause %d imsi %s imei %s cell %s up %d down %d charge %d partial %d forwarded %v visited %s",
		service, direction, calling, called, start.Format("2006-01-02T15:04:05.000Z"), minutes, seconds*1000, ring, outcome, cause,
		imsi, imei, cell, up, down, charge, partial, forwarded,
		visited)
}

// plus marks a number that is written in international form.
func plus(number string) string {
	if len(number) > 6 && number[0] != '0' && strings.Trim(number, "0123456789") == "" {
		return "+" + number
	}
	return number
}

// told is the line of a row.
func told(r *decode.Row) string {
	ring, calling, called := "?", string(r.Text(decode.CallingNumber)), string(r.Text(decode.CalledNumber))
	if r.CallingInternational {
		calling = "+" + calling
	}
	if r.CalledInternational {
		called = "+" + called
	}
	if r.RingMS != cdr.RingUnknown {
		ring = fmt.Sprint(r.RingMS)
	}
	return fmt.Sprintf("%s %s %s>%s %s%+d talk %d ring %s %s cause %d imsi %s imei %s cell %s up %d down %d charge %d partial %d forwarded %v visited %s",
		[]string{"voice", "sms", "mms", "data"}[r.Service], r.Direction, calling, called,
		decode.Time(r.Start), r.Offset, r.TalkMS, ring, []string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Outcome], r.Cause,
		r.Text(decode.IMSI), r.Text(decode.IMEI), r.Text(decode.CellID), r.Up, r.Down, r.Charge, r.Partial, r.Forwarded, r.Text(decode.VisitedPLMN))
}
