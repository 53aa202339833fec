package profile

import (
	"fmt"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// rowsOf tells the records of a file.
func rowsOf(t testing.TB, d *Decoder, file []byte, s *decode.Source) (all []string) {
	t.Helper()
	l, skip := decodetest.Open(t, d, file, s)
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file[skip:], &b, &tally)
	for _, r := range tally.Rejects {
		t.Errorf("rejected: %s", r.Reason)
	}
	rows := decodetest.Records(&b)
	for i := range rows {
		r := &rows[i]
		var row decode.Row
		if problem := d.ReadRow(l, r.Raw.Of(file[skip:]), &row); problem != "" {
			t.Errorf("ReadRow: %s", problem)
		}
		ring := "-"
		if r.RingMS != cdr.RingUnknown {
			ring = fmt.Sprint(r.RingMS)
		}
		text := fmt.Sprintf("%s>%s %s %s ring %s talk %d", party(r.Calling, r.CallingName), party(r.Called, r.CalledName),
			[]string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Flags.Outcome()], decode.Time(r.Start), ring, r.TalkMS)
		if in, out := row.Text(decode.TrunkIn), row.Text(decode.TrunkOut); len(in)+len(out) > 0 {
			text += fmt.Sprintf(" trunks %s/%s", dash(in), dash(out))
		}
		all = append(all, text)
	}
	return all
}

func party(n cdr.Number, name []byte) string {
	if n.IsName() {
		return string(name)
	}
	return string(n.AppendText(nil))
}

func dash(b []byte) string {
	if len(b) == 0 {
		return "-"
	}
	return string(b)
}

// rejectOf is the first reject of a file.
func rejectOf(d *Decoder, file []byte, s *decode.Source) string {
	l, skip, err := d.Open(file, s)
	if err != nil {
		return err.Error()
	}
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file[skip:], &b, &tally)
	if len(tally.Rejects) == 0 {
		return ""
	}
	return tally.Rejects[0].Reason
}
