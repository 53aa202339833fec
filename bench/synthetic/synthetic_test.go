package synthetic

import (
	"context"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

var small = Traffic{Subscribers: 1000, Records: 20_000, Days: 3, Start: 1_767_571_200_000, Peers: 25, Cells: 8}

// all reads all records.
func all(t testing.TB, traffic Traffic) *cdr.Batch {
	t.Helper()
	in, err := Input(traffic)
	if err != nil {
		t.Fatal(err)
	}
	s, l, err := in.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b cdr.Batch
	var tally decode.Tally
	for {
		block, err := s.Read(context.Background(), nil)
		in.Decoder.Decode(l, block.Data, &b, &tally)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if tally.Read != traffic.Records || int64(b.Len()) != traffic.Records {
		t.Fatalf("%d records read, %d there, of %d", tally.Read, b.Len(), traffic.Records)
	}
	return &b
}

// TestSame: the same traffic twice is the same.
func TestSame(t *testing.T) {
	if !reflect.DeepEqual(all(t, small), all(t, small)) {
		t.Error("two readings differ")
	}
}

// TestReused: a batch that held something before holds the same after.
func TestReused(t *testing.T) {
	want := all(t, small)
	in, err := Input(small)
	if err != nil {
		t.Fatal(err)
	}
	s, l, err := in.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b cdr.Batch
	for range 5000 {
		b.Append(&cdr.Record{Call: 1, VisitedMCC: 2, Cause: 3, Offset: 4, Line: 5, Region: 6, Up: 7, ID: []byte("8")})
	}
	b.Reset()
	block, err := s.Read(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Decoder.Decode(l, block.Data, &b, &decode.Tally{})
	var got, expected cdr.Batch
	for r := range b.Len() {
		got.AppendRow(&b, r)
		expected.AppendRow(want, r)
	}
	if !reflect.DeepEqual(got, expected) {
		t.Error("rows of a batch that was used before differ")
	}
}

// TestTraffic: it is what the package says.
func TestTraffic(t *testing.T) {
	b := all(t, small)
	made := map[cdr.Number]int{}
	peers := map[[2]cdr.Number]bool{}
	identities := map[uint64]bool{}
	answered, calls := 0, 0
	last := small.Start
	for r := range b.Len() {
		made[b.Rows[r].Calling]++
		identities[b.Rows[r].Identity] = true
		if b.Rows[r].Called != 0 {
			peers[[2]cdr.Number{b.Rows[r].Calling, b.Rows[r].Called}] = true
		}
		if b.Rows[r].Calling == b.Rows[r].Called {
			t.Fatalf("record %d calls itself", r)
		}
		if b.Rows[r].Release < last || b.Rows[r].Release >= small.Start+3*dayMillis {
			t.Fatalf("record %d is released at %d, after %d", r, b.Rows[r].Release, last)
		}
		last = b.Rows[r].Release
		if b.Rows[r].Flags.Service() == cdr.Voice {
			calls++
			if b.Rows[r].Flags.Outcome() == cdr.Answered {
				answered++
			}
		}
	}
	for n, of := range made {
		if of != 20 {
			t.Errorf("%v made %d records of 20", n, of)
		}
	}
	if len(made) != 1000 || len(identities) != b.Len() {
		t.Errorf("%d subscribers, %d identities", len(made), len(identities))
	}
	if n := len(peers); n < 10_000 || n > 25_000 {
		t.Errorf("%d pairs of subscriber and peer", n)
	}
	if share := float64(calls) / float64(b.Len()); share < 0.67 || share > 0.73 {
		t.Errorf("%.2f of the records are calls", share)
	}
	if share := float64(answered) / float64(calls); share < 0.72 || share > 0.78 {
		t.Errorf("%.2f of the calls are answered", share)
	}
}
