package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/bench/samples"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// framedFiles writes files of records that are not lines: plain with damage in it,
// compressed, and one that ends within a record.
func framedFiles(t *testing.T, records int) {
	t.Helper()
	f := samples.Of("baf")
	if err := os.Mkdir("cdr", 0o700); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 6))
	var plain []byte
	for i := range records {
		at := len(plain)
		plain = f.Append(plain, i)
		switch r.IntN(500) {
		case 0:
			plain[at+3] = 7 // of the descriptor word
		case 1:
			plain[at+30] = 0xEE // of a field
		case 2:
			plain = append(plain, make([]byte, r.IntN(2000))...)
		case 3:
			plain = append(plain, "noise"...)
		}
	}
	put(t, "cdr/plain.baf", plain)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i := range records / 4 {
		if _, err := z.Write(f.Append(nil, 4*i+1_000_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, "cdr/packed.baf", b.Bytes())
	short := f.File(100)
	put(t, "cdr/short.baf", short[:len(short)-7])
}

// Framed files give the same whatever the size of blocks and the number of workers.
func TestFramedReplayIsTheSame(t *testing.T) {
	t.Chdir(t.TempDir())
	framedFiles(t, 5000)
	replay := func(out string, args ...string) leavings {
		must(t, append([]string{"replay", "--quiet", "--max-late", "none", "--lateness", "15m", "--out", out, "cdr"}, args...)...)
		return outputOf(t, out)
	}
	put(t, "usual.yaml", []byte("max_record: 10000\n"))
	want := replay("want", "--config", "usual.yaml")
	if want.ledger.Rejected < 10 || want.ledger.Accepted < 4000 {
		t.Errorf("%+v", want.ledger)
	}
	put(t, "small.yaml", []byte("block_size: 4KiB\nworkers: 3\nmax_record: 10000\n"))
	put(t, "odd.yaml", []byte("block_size: 5001\nworkers: 1\nmax_record: 10000\n"))
	for _, name := range []string{"small", "odd"} {
		if diff := want.differs(replay(name, "--config", name+".yaml")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Killed and gone on with, framed files give what they give undisturbed.
func TestFramedReplayKilled(t *testing.T) {
	t.Chdir(t.TempDir())
	framedFiles(t, 30_000)
	calm := time.Now()
	must(t, "replay", "--quiet", "--max-late", "none", "--out", "calm", "cdr")
	span := time.Since(calm)
	want := outputOf(t, "calm")
	r := rand.New(rand.NewPCG(2, 5))
	killed := 0
	for range 4 {
		if !killedReplay(t, r, span) {
			killed++
		}
	}
	must(t, "replay", "--quiet", "--max-late", "none", "--state", "state", "--out", "out", "cdr")
	if diff := want.differs(outputOf(t, "out")); diff != "" {
		t.Errorf("after %d kills: %s", killed, diff)
	}
	t.Logf("%d kills; an undisturbed run takes %s", killed, span.Round(time.Millisecond))
}

// Records that are not lines do not come in messages: a message that is damaged could not
// be told from the next.
func TestFramedFormatsAreRefusedInMessages(t *testing.T) {
	t.Chdir(t.TempDir())
	content := samples.Of("baf").File(3)
	put(t, "a.baf", content)
	out, err := exec.Command("cdrstream", "publish", "a.baf").CombinedOutput()
	const published = "cdrstream: a.baf: baf is read from files, not from messages: drop it into a spool that serve watches\n"
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || string(out) != published {
		t.Errorf("publish: %v, %s", err, out)
	}
	f := &formats{all: decoders(), rules: &decode.Source{}}
	for _, format := range []string{"baf", autoFormat} {
		name, _ := f.head(format, content)
		l := f.layout(name, nil).(engine.Format)
		var tally decode.Tally
		l.Decoder.Decode(l.Layout, append(content, '\n'), &cdr.Batch{}, &tally)
		if tally.Read == 0 || int(tally.Read) != len(tally.Rejects) || tally.Rejects[0].Reason != "baf is read from files, not from messages: let serve watch a spool directory" {
			t.Errorf("%s: %+v", format, tally)
		}
	}
}
