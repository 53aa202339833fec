package nrtrde

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func num(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case float64:
		return int(v)
	}
	return 0
}

func ascii(v any) string {
	s, _ := v.(string)
	b, _ := hex.DecodeString(s)
	return strings.TrimSpace(string(b))
}

func digits(v any) string {
	s, _ := v.(string)
	s, _, _ = strings.Cut(s, "f")
	return s
}

// expected is the slow reading of an event: the line of its row, or how the reason of
// its rejection begins.
func expected(file tree, kind string, v tree, wholesale bool) string {
	if digits(v["imsi"])+digits(v["msisdn"]) == "" {
		return "imsi"
	}
	if ascii(v["callEventStartTimeStamp"]) == "" {
		return "callEventStartTimeStamp"
	}
	zone, err := time.Parse("-0700", ascii(v["utcTimeOffset"]))
	if err != nil {
		return "utcTimeOffset"
	}
	_, offset := zone.Zone()
	start, err := time.Parse("20060102150405", ascii(v["callEventStartTimeStamp"]))
	if err != nil {
		return "callEventStartTimeStamp"
	}
	start = start.Add(-time.Duration(offset) * time.Second)
	service := "voice"
	tele, _ := v["serviceCode"].(tree)
	if code := ascii(tele["teleServiceCode"]); code == "20" || code == "21" || code == "22" {
		service = "sms"
	}
	direction, other, up, down := "originating", plus(ascii(v["connectedNumber"])), 0, 0
	if other == "" {
		other = ascii(v["dialledDigits"])
	}
	switch kind {
	case "mtc":
		direction, other = "terminating", plus(ascii(v["callingNumber"]))
	case "gprs":
		service, up, down = "data", num(v["dataVolumeOutgoing"]), num(v["dataVolumeIncoming"])
	}
	seconds, ring, outcome, cause := num(v["callEventDuration"]), "?", "answered", 0
	if _, ok := v["callEventDuration"]; !ok && service != "sms" {
		return "callEventDuration"
	}
	if num(v["causeForTermination"]) == 3 {
		outcome = "failed"
	}
	if service == "voice" && outcome == "failed" {
		seconds, ring = 0, fmt.Sprint(seconds*1000)
	}
	if service == "voice" && num(v["causeForTermination"]) == 4 {
		cause = 41
	}
	if service == "sms" {
		seconds = 0
	}
	calling, called := plus(digits(v["msisdn"])), other
	if direction == "terminating" {
		calling, called = called, calling
	}
	cell := ""
	if _, ok := v["cellId"]; ok {
		cell = fmt.Sprint(num(v["cellId"]))
		if _, ok := v["locationArea"]; ok {
			cell = fmt.Sprint(num(v["locationArea"]), "-", cell)
		}
	}
	charge := 0
	if wholesale {
		charge = num(v["chargeAmount"]) * 1000
	}
	visited := ascii(v["servingNetwork"])
	if visited == "" {
		visited = ascii(file["sender"])
	}
	if visited == ascii(file["recipient"]) {
		visited = ""
	}
	forwarded := kind == "moc" && strings.Contains(" 20 21 28 29 2A 2B ", " "+ascii(v["supplementaryServiceCode"])+" ") && ascii(v["supplementaryServiceCode"]) != ""
	return fmt.Sprintf("%s %s %s>%s %s%+d talk %d ring %s %s cause %d imsi %s imei %s cell %s up %d down %d charge %d forwarded %v visited %s",
		service, direction, calling, called, start.Format("2006-01-02T15:04:05.000Z"), offset/60, seconds*1000, ring, outcome, cause,
		digits(v["imsi"]), digits(v["imei"]), cell, up, down, charge, forwarded, visited)
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
	return fmt.Sprintf("%s %s %s>%s %s%+d talk %d ring %s %s cause %d imsi %s imei %s cell %s up %d down %d charge %d forwarded %v visited %s",
		[]string{"voice", "sms", "mms", "data"}[r.Service], r.Direction, calling, called,
		decode.Time(r.Start), r.Offset, r.TalkMS, ring, []string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Outcome], r.Cause,
		r.Text(decode.IMSI), r.Text(decode.IMEI), r.Text(decode.CellID), r.Up, r.Down, r.Charge, r.Forwarded, r.Text(decode.VisitedPLMN))
}

// outcomes decodes a file and tells what became of each event, in their order.
func outcomes(t testing.TB, data []byte, wholesale bool) (lines []string, tally decode.Tally) {
	t.Helper()
	s := decodetest.Source(t)
	s.Wholesale = wholesale
	l, skip := decodetest.Open(t, Decoder{}, data, s)
	block := data[skip:]
	decodetest.Check(t, Decoder{}, l, block)
	var b cdr.Batch
	Decoder{}.Decode(l, block, &b, &tally)
	byLine := map[uint32]string{}
	for _, r := range tally.Rejects {
		byLine[r.Line] = r.Reason
	}
	for i, r := range decodetest.Records(&b) {
		var row decode.Row
		if problem := (Decoder{}).ReadRow(l, r.Raw.Of(block), &row); problem != "" {
			t.Fatalf("row %d: %s", i, problem)
		}
		if r.Start != row.Start || r.TalkMS != row.TalkMS || r.RingMS != row.RingMS || r.Charge != row.Charge || r.Up != row.Up || r.Down != row.Down ||
			r.Offset != row.Offset || r.Cause != row.Cause || r.Flags.Outcome() != row.Outcome || r.Flags.Has(cdr.Roams) != (len(row.Text(decode.VisitedPLMN)) > 0) {
			t.Fatalf("row %d is %+v in the batch and %s alone", i, r, told(&row))
		}
		byLine[r.Line] = told(&row)
	}
	for i := range uint32(tally.Lines) {
		if line, ok := byLine[i]; ok {
			lines = append(lines, line)
		}
	}
	return lines, tally
}

// compare checks what became of each event of a file against its tree.
func compare(t testing.TB, lines []string, file tree, wholesale bool) {
	t.Helper()
	events := file["callEvents"].([]any)
	if len(lines) != len(events) {
		t.Fatalf("%d events are found of %d: %q", len(lines), len(events), lines)
	}
	for i, e := range events {
		for kind, v := range e.(tree) {
			want := expected(file, kind, v.(tree), wholesale)
			if lines[i] != want && !strings.HasPrefix(lines[i], want+": ") {
				t.Errorf("event %d, %s:\n%s, want\n%s", i, kind, lines[i], want)
			}
		}
	}
}
