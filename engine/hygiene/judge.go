package hygiene

import (
	"fmt"
	"strings"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// Code is the kind of a warning.
type Code string

// The codes. The names of notes are codes too, see thresholds.
const (
	RecordCount     Code = "record_count"     // the file claims another count of records than it has
	TalkTotal       Code = "talk_total"       // likewise the sum of the durations
	ChargeTotal     Code = "charge_total"     // likewise the sum of the charges
	LostRecords     Code = "lost_records"     // the switch says that it lost records
	SequenceGap     Code = "sequence_gap"     // files of a switch are missing, by their numbers
	SequenceRepeat  Code = "sequence_repeat"  // a number came before
	SequenceRestart Code = "sequence_restart" // a switch began to number its files anew
	Silence         Code = "silence"          // a switch wrote nothing for long
	NoneRead        Code = "none_read"        // all records of the file were rejected
)

// Codes are all codes.
func Codes() []Code {
	all := []Code{RecordCount, TalkTotal, ChargeTotal, LostRecords, SequenceGap, SequenceRepeat, SequenceRestart, Silence, NoneRead}
	for _, n := range thresholds {
		all = append(all, Code(n.note.String()))
	}
	return all
}

// Warning is something about a file or a stream that somebody should look at.
type Warning struct {
	Source string `json:"source"` // the file or the stream; of several files, a later one
	Code   Code   `json:"code"`
	Text   string `json:"text"`
}

// Judge holds what was read of a file against what the file claims, when it has ended.
func Judge(a *Account) (all []Warning) {
	warn := func(c Code, form string, args ...any) {
		all = append(all, Warning{a.Name, c, fmt.Sprintf(form, args...)})
	}
	c, l, t := &a.Claims, &a.Ledger, &a.Totals
	claims := func(what decode.Claim) bool { return c.Has&what != 0 && !a.Partial }
	if l.Rejected > 0 && l.Rejected == l.Read {
		warn(NoneRead, "none of its %d records could be read: look at its format, or at the profile; rejects/ tells why", l.Read)
	}
	if claims(decode.ClaimRecords) && c.Records != l.Read {
		warn(RecordCount, "claims %d records, %d were read%s", c.Records, l.Read, but(l))
	}
	if claims(decode.ClaimTalk) && c.TalkMS != t.TalkMS {
		warn(TalkTotal, "claims %s seconds of answered calls, those read add up to %s%s", decimal(c.TalkMS, 3), decimal(t.TalkMS, 3), but(l))
	}
	if claims(decode.ClaimCharge) && c.Charge != t.Charge {
		warn(ChargeTotal, "claims charges of %s, those read add up to %s%s", decimal(c.Charge, 6), decimal(t.Charge, 6), but(l))
	}
	if c.Has&decode.ClaimLost != 0 && c.Lost > 0 {
		warn(LostRecords, "the switch says that it could not write %d records or more", c.Lost)
	}
	for _, n := range thresholds {
		if made := a.Notes[n.note]; made > 0 && float64(made) >= n.share*float64(l.Read) {
			warn(Code(n.note.String()), "%d of %d records: %s", made, l.Read, n.text)
		}
	}
	return all
}

// but says why sums of records may differ from what is claimed.
func but(l *Ledger) string {
	if l.Rejected == 0 {
		return ""
	}
	return fmt.Sprintf("; %d could not be read, rejects/ tells why", l.Rejected)
}

// thresholds say from which share of its records on a note about a file is a warning.
// Some are there in any traffic: a call that is answered by accident, a number that
// somebody made up. They tell of a switch only where they are many.
var thresholds = []struct {
	note  decode.Note
	share float64
	text  string
}{
	{decode.UnknownTag, 0, "elements that no known release of the format has; the switch may have a new one"},
	{decode.UnknownValue, 0, "values that no known release of the format has; the switch may have a new one"},
	{decode.ZeroAnswer, 0.05, "answered, and no time was talked"},
	{decode.LongCall, 0, "calls of more than 24 hours"},
	{decode.UnknownNumber, 0.05, "numbers of no known country; see the number rules of the source"},
	{decode.AmbiguousTime, 0, "local times that the end of summer time makes come twice, taken for the first"},
	{decode.OddClock, 0, "contradict the time zone of the source; set its timezone"},
	{decode.OpenCall, 0.05, "calls without their end, or ends without their call"},
}

// decimal is n / 10^places, without zeros at its end.
func decimal(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	text := fmt.Sprintf("%0*d", places+1, n)
	whole, rest := text[:len(text)-places], strings.TrimRight(text[len(text)-places:], "0")
	if rest == "" {
		return sign + whole
	}
	return sign + whole + "." + rest
}
