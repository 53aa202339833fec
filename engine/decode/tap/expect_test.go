package tap

import (
	"fmt"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// This is the slow reading of TAP that the fast one is compared with: it knows trees
// and paths in them, no tags and no encoding.

// expected tells what the event of that kind is to become: a line as told writes it,
// "filtered", or how the reason of its rejection begins.
func expected(file tree, kind string, v tree, wholesale bool) string {
	switch kind {
	case "supplServiceEvent", "serviceCentreUsage", "contentTransaction", "locationService":
		return "filtered"
	}
	basic, who, american := basicOf(kind, v)
	imsi := digits(at(who, "imsi"))
	number := first(plus(digits(at(who, "msisdn"))), ascii(at(who, "publicUserId")), ascii(at(american, "mdn")), ascii(at(american, "min")))
	if imsi+number == "" {
		return "chargeableSubscriber"
	}
	start, problem := startOf(file, basic)
	if problem != "" {
		return problem
	}
	service := serviceOf(kind, v)
	if _, ok := basic["totalCallEventDuration"]; !ok && service != "sms" {
		return "totalCallEventDuration"
	}
	direction, other := otherParty(kind, v, basic, service)
	calling, called := number, other
	if direction == "terminating" {
		calling, called = other, number
	}
	charge := 0
	if wholesale {
		charge = charges(v) * 1000 // three decimals
		if kind == "messagingEvent" {
			charge += num(v["charge"]) * 1000
		}
	}
	return fmt.Sprintf("%s %s %s>%s %s %s imsi %s imei %s cell %s up %d down %d charge %d partial %d forwarded %v visited %s",
		service, direction, calling, called, start, usage(service, basic),
		imsi, first(digits(at(v, "equipmentIdentifier", "imei")), digits(at(who, "imei"))), cellOf(v),
		num(at(v, "gprsServiceUsed", "dataVolumeOutgoing")), num(at(v, "gprsServiceUsed", "dataVolumeIncoming")), charge,
		strings.Index("?FIL", first(ascii(basic["partialTypeIndicator"]), "?")),
		strings.Contains(" 20 21 28 29 2A 2B ", " "+first(strings.ToUpper(ascii(v["supplServiceCode"])), "x")+" "), visited(file, v))
}

// basicOf is the group that most stands in, and the two kinds of subscribers.
func basicOf(kind string, v tree) (basic tree, who, american any) {
	if kind == "messagingEvent" || kind == "mobileSession" {
		return v, v["chargedParty"], nil
	}
	basic, _ = v["basicCallInformation"].(tree)
	subscriber := at(basic, "chargeableSubscriber")
	if kind == "gprsCall" {
		basic, _ = v["gprsBasicCallInformation"].(tree)
		subscriber = at(basic, "gprsChargeableSubscriber", "chargeableSubscriber")
	}
	return basic, at(subscriber, "simChargeableSubscriber"), at(subscriber, "minChargeableSubscriber")
}

// startOf is the start in UTC and the offset, or what is wrong with it.
func startOf(file, basic tree) (start, problem string) {
	stamp := basic["callEventStartTimeStamp"]
	if stamp == nil {
		stamp = basic["serviceStartTimestamp"]
	}
	local, offset := ascii(at(stamp, "localTimeStamp")), ""
	if local == "" {
		return "", "localTimeStamp"
	}
	offsets, _ := at(file, "networkInfo", "utcTimeOffsetInfo").([]any)
	for _, o := range offsets {
		if code, ok := asInt(at(stamp, "utcTimeOffsetCode")); ok && code == num(at(o, "utcTimeOffsetCode")) {
			offset = ascii(at(o, "utcTimeOffset"))
		}
	}
	if offset == "" {
		return "", "utcTimeOffsetCode"
	}
	t, err := time.Parse("20060102150405-0700", local+offset)
	if err != nil {
		return "", "localTimeStamp"
	}
	_, seconds := t.Zone()
	return fmt.Sprintf("%s%+d", t.UTC().Format("2006-01-02T15:04:05.000Z"), seconds/60), ""
}

func serviceOf(kind string, v tree) string {
	tele := ""
	if list, _ := v["basicServiceUsedList"].([]any); len(list) > 0 {
		tele = ascii(at(list[0], "basicService", "serviceCode", "teleServiceCode"))
	}
	switch {
	case kind == "gprsCall":
		return "data"
	case kind == "messagingEvent" || tele == "20" || tele == "21" || tele == "22":
		return "sms"
	}
	return "voice"
}

// usage is how long it took and how it ended.
func usage(service string, basic tree) string {
	talk, ring, outcome, cause := num(basic["totalCallEventDuration"])*1000, "?", "answered", 0
	why := num(basic["causeForTerm"])
	if why == 3 {
		outcome = "failed"
	}
	switch {
	case service == "sms":
		talk = 0
	case service == "voice" && why == 3:
		ring, talk = fmt.Sprint(talk), 0
	case service == "voice" && why == 4:
		cause = 41
	}
	return fmt.Sprintf("talk %d ring %s %s cause %d", talk, ring, outcome, cause)
}

func otherParty(kind string, v, basic tree, service string) (direction, other string) {
	direction = "originating"
	sms, number := "", ""
	switch kind {
	case "mobileOriginatedCall":
		d := basic["destination"]
		sms, number = plus(ascii(at(d, "sMSDestinationNumber"))), first(plus(digits(at(d, "calledNumber"))), ascii(at(d, "dialledDigits")))
	case "mobileTerminatedCall":
		direction = "terminating"
		o := basic["callOriginator"]
		sms, number = plus(ascii(at(o, "sMSOriginator"))), plus(digits(at(o, "callingNumber")))
	case "messagingEvent", "mobileSession":
		if num(v["messagingEventService"])+num(v["mobileSessionService"]) == 2 {
			direction = "terminating"
		}
		n := v["nonChargedParty"]
		number = first(plus(digits(at(n, "nonChargedPartyNumber"))), ascii(at(n, "nonChargedPublicUserId")))
		if d := v["requestedDestination"]; direction == "originating" {
			number = first(number, first(plus(digits(at(d, "requestedNumber"))), ascii(at(d, "requestedPublicUserId"))))
		}
	}
	if service == "sms" {
		return direction, first(sms, number)
	}
	return direction, first(number, sms)
}

func cellOf(v tree) string {
	for _, place := range []any{at(v, "locationInformation", "networkLocation"), at(v, "gprsLocationInformation", "gprsNetworkLocation"), v} {
		ci, ok := asInt(at(place, "cellId"))
		if !ok {
			continue
		}
		if lac, ok := asInt(at(place, "locationArea")); ok {
			return fmt.Sprint(lac, "-", ci)
		}
		return fmt.Sprint(ci)
	}
	return ""
}

func visited(file, v tree) string {
	geography := v["geographicalLocation"]
	for _, group := range []string{"locationInformation", "gprsLocationInformation"} {
		if g := at(v, group, "geographicalLocation"); g != nil {
			geography = g
		}
	}
	code := first(ascii(at(geography, "servingNetwork")), ascii(at(file, "batchControlInfo", "sender")))
	if code == ascii(at(file, "batchControlInfo", "recipient")) {
		return ""
	}
	return code
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
