package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/source"
)

// clerk is a format of files that make claims: those of header, and those of a trailer,
// a line of the form #records,talk,charge. What stands between is another format's.
type clerk struct {
	decode.Decoder
	header decode.Claims
}

func (clerk) Name() string                         { return "clerk" }
func (c clerk) Claims(decode.Layout) decode.Claims { return c.header }
func (clerk) Types() []string                      { return []string{"answered", "other"} }

func (c clerk) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	body, trailer, found := bytes.Cut(block, []byte("#"))
	c.Decoder.Decode(l, body, out, t)
	for i := range out.Rows {
		if out.Rows[i].Flags.Outcome() == cdr.Answered {
			t.Types[0]++
		} else {
			t.Types[1]++
		}
	}
	if !found {
		return
	}
	t.Lines++
	claims := decode.Claims{Has: decode.ClaimRecords | decode.ClaimTalk | decode.ClaimCharge}
	if _, err := fmt.Sscanf(string(trailer), "%d,%d,%d", &claims.Records, &claims.TalkMS, &claims.Charge); err != nil {
		panic(err)
	}
	t.Claims.Merge(claims)
}

// clerks makes the inputs of c those of clerks, numbered from 7 on, 8 being left out.
func clerks(c *engine.Config) {
	for i := range c.Inputs {
		n := int64(7 + 2*i)
		c.Inputs[i].Decoder = clerk{c.Inputs[i].Decoder, decode.Claims{Has: decode.ClaimSequence, Sequence: n, Switch: "msc"}}
	}
	c.Silence = time.Minute
}

// account reads a file as a whole.
func account(t testing.TB, j job, f oracle.File) hygiene.Account {
	t.Helper()
	c, _, err := j.config()
	if err != nil {
		t.Fatal(err)
	}
	clerks(&c)
	i := slices.IndexFunc(c.Inputs, func(in engine.Input) bool { return in.Name == f.Name })
	in := c.Inputs[i]
	src, layout, err := in.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	a := hygiene.Account{Name: f.Name}
	a.Begin(in.Decoder, layout)
	for {
		b, err := src.Read(t.Context(), nil)
		if err != nil {
			break
		}
		var batch cdr.Batch
		var tally decode.Tally
		in.Decoder.Decode(layout, b.Data, &batch, &tally)
		a.Count(in.Decoder, &tally, len(b.Oversize))
	}
	return a
}

// claim gives the files trailers: that of the first is true, those of the others are not.
func claim(t testing.TB, j *job) {
	t.Helper()
	for i := range j.files {
		f := &j.files[i]
		f.Data = append(bytes.TrimRight(f.Data, "\n"), '\n')
		whole := account(t, *j, *f)
		f.Data = fmt.Appendf(f.Data, "#%d,%d,%d\n", whole.Ledger.Read+int64(i), whole.Totals.TalkMS+500*int64(i), whole.Totals.Charge)
	}
}

// registered keeps what the register is given.
type registered struct {
	unstaged
	mu    sync.Mutex
	files []hygiene.File
	whole bool
}

func (r *registered) WriteFiles(_ context.Context, _ uint64, files []hygiene.File, whole bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files, r.whole = append(r.files, files...), whole
	return nil
}

// claiming is a job of clerks, and what becomes of it without a stop.
func claiming(t testing.TB, seed uint64) (durable, *engine.Summary, []hygiene.File) {
	t.Helper()
	j := crashTraffic(seed, 500)
	j.block = 700
	claim(t, &j)
	d := newDurable(t, j, 2)
	var r registered
	d.arrange = func(c *engine.Config) { clerks(c); c.Register = &r }
	s, err := d.process(disktest.New(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if !r.whole {
		t.Error("the register is not whole")
	}
	return d, s, r.files
}

// TestAccounts: the accounts are those of a naive reading of each file, and what they are
// held against is what the files claim.
func TestAccounts(t *testing.T) {
	d, s, files := claiming(t, 3)
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	for i, f := range files {
		want := account(t, d.job, d.files[i])
		want.Ledger = s.Sources[i].Ledger
		if f.Listed = false; !reflect.DeepEqual(f.Account, want) {
			t.Errorf("the account is\n%+v\nwant\n%+v", f.Account, want)
		}
		if f.Types["answered"] == 0 || f.Totals.Count() != f.Ledger.Read-f.Ledger.Rejected || f.Totals.TalkMS == 0 || f.Ledger.Rejected == 0 {
			t.Errorf("not the traffic to try this on: %+v", f.Account)
		}
	}
	codes := func(all []hygiene.Warning) (codes []hygiene.Code) {
		for _, w := range all {
			if w.Code != "zero_second_answers" && w.Code != "unknown_numbers" { // of the traffic
				codes = append(codes, w.Code)
			}
		}
		return codes
	}
	if got := codes(files[0].Warnings); len(got) > 0 {
		t.Errorf("the first file: %v", got)
	}
	if got := codes(files[1].Warnings); !slices.Equal(got, []hygiene.Code{hygiene.RecordCount, hygiene.TalkTotal, hygiene.SequenceGap}) {
		t.Errorf("the second file: %v", got)
	}
	if h := s.Hygiene; h.MissingFiles != 1 || h.Counts[hygiene.RecordCount] != 1 || h.Types["answered"] != files[0].Types["answered"]+files[1].Types["answered"] {
		t.Errorf("%+v", h)
	}
}

// TestAccountsStop: accounts and register are the same however often a job was stopped.
func TestAccountsStop(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		d, want, files := claiming(t, seed)
		r, m := rand.New(rand.NewPCG(seed, 5)), disktest.New()
		for stops := 0; ; stops++ {
			var again registered
			d.arrange = func(c *engine.Config) { clerks(c); c.Register = &again }
			d.workers = 1 + r.IntN(3)
			s, err := d.process(m, leave(2+r.IntN(5)))
			if errors.Is(err, engine.ErrStopped) && len(again.files) == 0 {
				continue
			}
			if err != nil || stops < 2 {
				t.Fatalf("seed %d: after %d stops %v, %d files", seed, stops, err, len(again.files))
			}
			if !reflect.DeepEqual(s.Hygiene, want.Hygiene) {
				t.Errorf("seed %d: after %d stops\n%+v\nwithout\n%+v", seed, stops, s.Hygiene, want.Hygiene)
			}
			for i := range files { // the evidence of a file that ended before the stop is the same too
				if !reflect.DeepEqual(again.files[i], files[i]) {
					t.Errorf("seed %d: after %d stops\n%+v\nwithout\n%+v", seed, stops, again.files[i], files[i])
				}
			}
			break
		}
	}
}

// TestAccountsOfOlderState: a state without accounts is gone on with; what files claim is
// not held against half of them.
func TestAccountsOfOlderState(t *testing.T) {
	d, want, _ := claiming(t, 3)
	m := disktest.New()
	if _, err := d.process(m, 3); !errors.Is(err, engine.ErrStopped) {
		t.Fatal(err)
	}
	store, err := checkpoint.Open(m, stateDir)
	if err != nil {
		t.Fatal(err)
	}
	then := store.Manifest()
	for i := range then.Sources {
		if then.Sources[i].Account == nil {
			t.Fatal("there is no account")
		}
		then.Sources[i].Account = nil
	}
	c, _, err := d.config()
	if err != nil {
		t.Fatal(err)
	}
	d.arrange(&c)
	d.inputs(&c, then)
	c.Checkpoints = &engine.Checkpoints{Store: store, Engine: "test", Out: outDir, Due: func() bool { return false }}
	e, err := engine.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Run(t.Context())
	if err != nil || s.Ledger != want.Ledger {
		t.Fatalf("%+v, %v", s, err)
	}
	if n := s.Hygiene.Counts[hygiene.RecordCount] + s.Hygiene.Counts[hygiene.TalkTotal]; n != 0 {
		t.Errorf("%d counts are held against a part: %v", n, s.Hygiene.Warnings)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

// parted is a feed of files of so many records.
type parted struct {
	*feed
	told int
}

func (p *parted) name(part int) string {
	return filepath.Join(p.feed.name, fmt.Sprintf("msc\xff%03d", part))
}

func (p *parted) Read(ctx context.Context, buf []byte) (source.Block, error) {
	part := p.next / p.part
	b, err := p.feed.Read(ctx, buf)
	b.Name = p.name(part)
	return b, err
}

func (p *parted) Ended() (all []source.Part) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ; (p.told+1)*p.part <= p.next; p.told++ {
		all = append(all, source.Part{Name: p.name(p.told), Evidence: "x", Layout: p.format})
	}
	return all
}

func (p *parted) Resume(ctx context.Context, b source.Bookmark) error {
	err := p.feed.Resume(ctx, b)
	p.told = p.next / p.part
	return err
}

// TestAccountsLive: the files of a live source have accounts of their own, whole however
// often the job was stopped; what is missing among them is known.
func TestAccountsLive(t *testing.T) {
	const size = 40
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 9))
		j := crashTraffic(seed, 900)
		j.files = j.files[:1]
		l := newLive(t, j)
		l.feed(t, r)
		l.idle = time.Hour
		f := l.feeds[0]
		f.format.Decoder = clerk{f.format.Decoder, decode.Claims{Has: decode.ClaimRecords, Records: size}}
		f.part = size
		p := &parted{feed: f}
		var rows registered
		l.arrange = func(c *engine.Config) { c.Inputs[0].Live, c.Register = p, &rows }
		synctest.Test(t, func(t *testing.T) {
			m := disktest.New()
			var stats engine.Stats
			for stops := 0; f.come < len(f.records) || stops < 3; stops++ {
				asked := 0
				done := l.start(t, m, func() bool { asked++; return asked%2 == 0 })
				for range 1 + r.IntN(5) {
					f.arrive(f.come + r.IntN(60))
					synctest.Wait()
				}
				stats = l.run.Stats()
				close(l.stop)
				if err := <-done; !errors.Is(err, engine.ErrStopped) {
					t.Fatal(err)
				}
			}
			if want := f.next / size; len(rows.files) != want || want < 5 {
				t.Errorf("%d files in the register, want %d", len(rows.files), want)
			}
			answered, late := int64(0), int64(0)
			for i, row := range rows.files {
				if row.Name != p.name(i) || row.Ledger.Read != size || row.Status != hygiene.Read || row.Settled || slices.ContainsFunc(row.Warnings, func(w hygiene.Warning) bool { return w.Code == hygiene.RecordCount }) {
					t.Errorf("row %d is %+v", i, row)
				}
				answered, late = answered+row.Types["answered"], late+row.Ledger.Late
			}
			rest := int64(f.next % size) // in the file that has not ended
			s := stats.Sources[0]
			if s.Read != int64(f.next) || s.Types["answered"] < answered || s.Types["answered"] > answered+rest {
				t.Errorf("the source has %+v, its files %d answered calls", s, answered)
			}
			if s.Late == 0 || s.Late < late || s.Late > late+rest {
				t.Errorf("%d records were late, of files %d", s.Late, late)
			}
		})
	}
}

// TestSilence: a live source that says nothing is warned of once, and again when it falls
// silent again.
func TestSilence(t *testing.T) {
	j := crashTraffic(1, 400)
	j.files = j.files[:1]
	l := newLive(t, j)
	l.feed(t, rand.New(rand.NewPCG(1, 1)))
	var told []string
	l.watch.Warning = func(w hygiene.Warning) { told = append(told, string(w.Code)+" "+w.Text) }
	l.arrange = func(c *engine.Config) { c.Silence = 6 * time.Hour }
	synctest.Test(t, func(t *testing.T) {
		done := l.start(t, disktest.New(), func() bool { return true })
		at := func(wait time.Duration, come, warnings int, silent bool) {
			l.feeds[0].arrive(come)
			time.Sleep(wait)
			synctest.Wait()
			if s := l.run.Stats().Sources[0]; len(told) != warnings || s.Silent != silent || s.Warnings[hygiene.Silence] != int64(warnings) {
				t.Errorf("%v after record %d: %q, silent %v, %v", wait, come, told, s.Silent, s.Warnings)
			}
		}
		at(5*time.Hour, 50, 0, false)
		at(5*time.Hour, 100, 0, false)
		at(time.Hour+time.Second, 100, 1, true)
		at(20*time.Hour, 100, 1, true)
		at(time.Second, 150, 1, false)
		at(7*time.Hour, 150, 2, true)
		close(l.stop)
		<-done
	})
	if want := "silence no record has come for 6h0m0s"; len(told) == 0 || strings.Compare(told[0], want) != 0 {
		t.Errorf("%q", told)
	}
}
