package decode_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/decode/json"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// elsewhere is a source of another country and time zone.
func elsewhere(t *testing.T, country, zone string) *decode.Source {
	t.Helper()
	s := decodetest.Source(t)
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Numbers, err = plan.Normalizer(numbering.Source{Country: country}); err != nil {
		t.Fatal(err)
	}
	if s.Zone, err = time.LoadLocation(zone); err != nil {
		t.Fatal(err)
	}
	s.KeepIDs, s.KeepUnused = true, true
	return s
}

// What AppendCanonical writes is the same record under the rules of another country.
func TestCanonicalReadsBack(t *testing.T) {
	const names = "record_id,service,direction,calling_number,called_number,start_time,ring_seconds,duration_seconds,disposition,cause,cell_id,imei,imsi,visited_plmn,rat,uplink_bytes,downlink_bytes,charge,forwarded,partial_sequence\n"
	rows := []string{
		"a,voice,both,02079460101,+12125550100,2026-03-29T10:00:00+05:30,4.5,61.25,answered,16,23415-12-3,358240051111110,234150000000001,26201,4g,,,0.25,true,2",
		",voice,terminating,447700900123,112,2026-03-29 10:00:00,,,no_answer,19,,,,,,,,,,",
		",sms,originating,alice@example.com,123456,1774778400123,,,,,,,,,,,,1.5,,",
		",data,,,,1774778400,,12.125,,,,,234150000000001,,5g,1000000,5,,,1",
		",voice,none,0044207946010,00112,1990-01-01 00:00:00.001,0,0,busy,17,x \"y\" é,not-an-imei,imsi!,310410,wifi,,,1000000.000001,false,",
		",voice,both,anonymous,02079460101,86400,,5,failed,,,,,,,,,,,",
		",voice,both,123456789012345678901,+800,2026-06-01T00:00:00Z,,5,answered,,,,,,,,,,,",
		"b,voice,both,sip:bob@example.com;x,tel:+44-20-7946-0102,2026-06-01T00:00:00-11:00,,5,answered,,,,,,,,,,,",
	}
	rows = append(rows, rows[1]) // the same record, elsewhere in the file
	quoted := strings.ReplaceAll(strings.Join(rows, "\n"), `x "y" é`, `"x ""y"" é"`)
	file := []byte(names + quoted + "\n")
	from, to := elsewhere(t, "GB", "Europe/London"), elsewhere(t, "DE", "Asia/Tokyo")
	l, skip := decodetest.Open(t, csv.Decoder{}, file, from)
	var b cdr.Batch
	var tally decode.Tally
	csv.Decoder{}.Decode(l, file[skip:], &b, &tally)
	if b.Len() != len(rows) {
		t.Fatalf("%d rows of %d, rejects %v", b.Len(), len(rows), tally.Rejects)
	}
	var written []byte
	for i := range rows {
		var row decode.Row
		if why := (csv.Decoder{}).ReadRow(l, b.Raw[i].Of(file[skip:]), &row); why != "" {
			t.Fatal(why)
		}
		written = append(decode.AppendCanonical(written, &b, i, &row), '\n')
	}
	back, _ := decodetest.Open(t, json.Decoder{}, written, to)
	var again cdr.Batch
	json.Decoder{}.Decode(back, written, &again, &tally)
	want, got := decodetest.Records(&b), decodetest.Records(&again)
	if len(got) != len(want) {
		t.Fatalf("%d records of %d, rejects %v of\n%s", len(got), len(want), tally.Rejects, written)
	}
	ids := map[string]bool{}
	lines := strings.Split(string(written), "\n")
	for i := range want {
		a, b := want[i], got[i]
		if len(a.ID) > 0 && string(a.ID) != string(b.ID) {
			t.Errorf("the id %s became %s", a.ID, b.ID)
		}
		ids[string(b.ID)] = true
		b.Identity, b.RawHash, b.Raw, b.Line, b.ID = a.Identity, a.RawHash, a.Raw, a.Line, a.ID
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s\n%s\nis %+v\nwas %+v", rows[i], lines[i], b, a)
		}
	}
	if len(ids) != len(rows)-1 || ids[""] {
		t.Errorf("ids %v", ids)
	}
}
