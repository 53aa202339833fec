package spool

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/source"
)

// drop fills a directory with all sorts of files and returns their records.
func drop(r *rig) (all []string) {
	for i := range 8 {
		name := fmt.Sprintf("d%d/cdr-%d.csv", i%2, i)
		rs := records(fmt.Sprint("f", i), 3*i)
		all = append(all, under(name, rs)...)
		if len(rs) == 0 {
			r.write(name, []byte(header))
			continue
		}
		r.put(name, rs...)
	}
	r.write("e.csv", nil)
	r.write("no.csv", []byte("nonsense\n"))
	z := records("z", 25)
	r.write("z.csv.gz", packed(header+strings.Join(z, "\n")+"\n"))
	return append(all, under("z.csv.gz", z)...)
}

// The process ends after each block, with a bookmark and no Ack, or with both; or the bookmark
// does not become one of a committed epoch and what came after the last is read again. In
// all there are the records of one undisturbed pass.
func TestCrashAtEveryBlock(t *testing.T) {
	for _, ack := range []string{"always", "never", "sometimes"} {
		inRig(t, nil, func(t *testing.T, r *rig) {
			all := drop(r)
			r.settle()
			for blocks := 1; r.block(); blocks++ {
				b := r.bookmark()
				must(t, r.restart(b))
				if again := r.bookmark(); again != b {
					t.Fatalf("%+v became %+v", b, again)
				}
				if ack == "always" || ack == "sometimes" && blocks%3 == 0 {
					must(t, r.s.Ack(t.Context(), b))
				}
				r.settle()
			}
			slices.Sort(r.got)
			slices.Sort(all)
			r.want(all...)
			r.ack()
			r.wantFiles(".archive/DAY/d0/cdr-0.csv .archive/DAY/d0/cdr-2.csv .archive/DAY/d0/cdr-4.csv .archive/DAY/d0/cdr-6.csv " +
				".archive/DAY/d1/cdr-1.csv .archive/DAY/d1/cdr-3.csv .archive/DAY/d1/cdr-5.csv .archive/DAY/d1/cdr-7.csv " +
				".archive/DAY/e.csv .archive/DAY/z.csv.gz .quarantine/no.csv .quarantine/no.csv.reason")
		})
	}
}

// Epochs are committed or lost, acknowledged wholly, up to a crash, or not at all, while
// files come, grow and are used again under their names.
func TestRandomCrashes(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { randomCrashes(t, seed) })
	}
}

func randomCrashes(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 7))
	disk := &crashing{at: -1}
	inRig(t, func(o *Options) {
		disk.FS = o.FS
		o.FS = disk
		if seed%3 == 0 {
			o.Done = Delete
		}
	}, func(t *testing.T, r *rig) {
		var all, committed []string
		saved := r.bookmark()
		serial := 0
		arrive := func() {
			for range random.IntN(4) {
				n := fmt.Sprintf("d%d/%d.csv", random.IntN(3), random.IntN(10))
				serial++
				rs := records(fmt.Sprint("s", serial), 1+random.IntN(12))
				if _, err := os.Stat(filepath.Join(r.dir, n)); err == nil {
					if random.IntN(2) == 0 {
						r.appendTo(n, strings.Join(rs, "\n")+"\n")
						all = append(all, under(n, rs)...)
					}
					continue
				}
				r.put(n, rs...)
				all = append(all, under(n, rs)...)
			}
		}
		crash := func() {
			disk.at = -1
			must(t, r.restart(saved))
			r.got = nil
			if random.IntN(2) == 0 {
				must(t, r.s.Ack(t.Context(), saved))
			}
		}
		for step := range 120 {
			if step < 80 {
				arrive()
			}
			r.rest(time.Duration(random.IntN(10)) * time.Second)
			for range random.IntN(5) {
				r.block()
			}
			if random.IntN(3) == 0 {
				crash() // the epoch is lost
				continue
			}
			saved = r.bookmark()
			committed = append(committed, r.got...)
			r.got = nil
			switch random.IntN(4) {
			case 0:
			case 1:
				disk.at, disk.n = random.IntN(12), 0
				r.s.Ack(t.Context(), saved)
				crash()
			default:
				r.ack()
			}
		}
		disk.at = -1
		for range 3 {
			r.settle()
			r.drain()
			committed = append(committed, r.got...)
			r.got = nil
			r.ack()
		}
		slices.Sort(all)
		slices.Sort(committed)
		if !slices.Equal(all, committed) {
			t.Errorf("%d records, want %d\n%s", len(committed), len(all), difference(committed, all))
		}
		for _, left := range strings.Fields(r.files()) {
			if !strings.HasPrefix(left, ".archive/") {
				t.Errorf("%s is left", left)
			}
		}
	})
}

// difference lists what is in only one of two sorted lists, or there more often.
func difference(got, want []string) string {
	count := map[string]int{}
	for _, s := range got {
		count[s]++
	}
	for _, s := range want {
		count[s]--
	}
	var out []string
	for s, n := range count {
		if n != 0 {
			out = append(out, fmt.Sprintf("%+d %s", n, s))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// Ack runs beside Read.
func TestAckBesideRead(t *testing.T) {
	inRig(t, func(o *Options) { o.Quiet = 0 }, func(t *testing.T, r *rig) {
		var want []string
		for i := range 200 {
			n := fmt.Sprintf("%03d.csv", i)
			rs := records(n, 5)
			r.put(n, rs...)
			want = append(want, under(n, rs)...)
		}
		r.rest(2 * time.Second)
		marks := make(chan source.Bookmark, 1000)
		done := make(chan error)
		go func() {
			var err error
			for b := range marks {
				if err == nil {
					err = r.s.Ack(t.Context(), b)
				}
				r.s.Lag()
				r.s.Stats()
			}
			done <- err
		}()
		for i := 0; r.block(); i++ {
			if i%7 == 0 {
				marks <- r.bookmark()
			}
		}
		marks <- r.bookmark()
		close(marks)
		must(t, <-done)
		r.want(want...)
		if left := r.files(); strings.Count(left, ".archive/DAY/") != 200 || strings.Count(left, " ") != 199 {
			t.Error(left)
		}
	})
}

func TestResumeErrors(t *testing.T) {
	all := records("a", 20)
	for _, c := range []struct {
		name   string
		change func(r *rig, b *source.Bookmark)
		want   string // "" : it goes on
	}{
		{"nothing", func(*rig, *source.Bookmark) {}, ""},
		{"grown", func(r *rig, _ *source.Bookmark) { r.appendTo("a.csv", "more\n") }, ""},
		{"vanished", func(r *rig, _ *source.Bookmark) { must(r.t, os.Remove(filepath.Join(r.dir, "a.csv"))) }, "a.csv: vanished before it was read to its end: put the file back as it was, or start over with another state directory"},
		{"replaced", func(r *rig, _ *source.Bookmark) { r.put("a.csv", records("b", 20)...) }, "a.csv: was replaced or changed: its first"},
		{"emptied", func(r *rig, _ *source.Bookmark) { must(r.t, os.Truncate(filepath.Join(r.dir, "a.csv"), 0)) }, "a.csv: was emptied before"},
		{"of another format", func(r *rig, _ *source.Bookmark) { r.write("a.csv", []byte("nonsense")) }, "a.csv: cannot go on ("},
		{"a link", func(r *rig, _ *source.Bookmark) {
			must(r.t, os.Rename(filepath.Join(r.dir, "a.csv"), filepath.Join(r.dir, ".a")))
			must(r.t, os.Symlink(".a", filepath.Join(r.dir, "a.csv")))
		}, "a.csv: is no file any more"},
		{"no evidence", func(_ *rig, b *source.Bookmark) { b.Evidence = "" }, "the saved state is not that of a spool"},
		{"a negative position", func(_ *rig, b *source.Bookmark) { b.Position.Offset = -1 }, "has the position -1"},
		{"another directory", func(r *rig, b *source.Bookmark) {
			b.Evidence = strings.Replace(b.Evidence, r.s.marker.id, strings.Repeat("0", idDigits), 1)
		}, "is not the directory that was read"},
		{"unmounted", func(r *rig, _ *source.Bookmark) { must(r.t, os.Remove(r.s.marker.path)) }, "is not the directory that was read"},
		{"changed, without evidence of its content", func(r *rig, b *source.Bookmark) {
			e, err := parseEvidence(b.Evidence)
			must(r.t, err)
			e.Current.Bookmark.Evidence = ""
			b.Evidence = e.String()
			r.appendTo("a.csv", "more\n")
		}, "a.csv: was replaced or changed before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inRig(t, nil, func(t *testing.T, r *rig) {
				r.put("a.csv", all...)
				r.settle()
				r.block()
				b := r.bookmark()
				c.change(r, &b)
				err := r.restart(b)
				if c.want == "" {
					must(t, err)
					r.settle()
					if lag := r.s.Lag(); c.name == "nothing" && lag.Waiting != 0 {
						t.Errorf("%+v while the only file is being read", lag)
					}
					r.drain()
					want := under("a.csv", all)
					if c.name == "grown" {
						want = append(want, "a.csv: more")
					}
					r.want(want...)
					return
				}
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("%v, want %s", err, c.want)
				}
				r.settle()
				if _, again := r.s.Read(t.Context(), nil); again != err {
					t.Errorf("Read after that: %v", again)
				}
				if _, again := r.s.Bookmark(); again != err {
					t.Errorf("Bookmark after that: %v", again)
				}
			})
		})
	}
}

// A file that was being read and has grown by the next process is read on once it is
// complete, and not archived before; also over another restart.
func TestResumeOfOneThatGrew(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		all := records("a", 20)
		r.put("a.csv", all...)
		r.settle()
		r.block()
		b := r.bookmark()
		r.appendTo("a.csv", "more,")
		must(t, r.restart(b))
		r.rest(2 * time.Second)
		r.drain()
		r.ack()
		must(t, r.restart(r.bookmark()))
		r.rest(2 * time.Second)
		r.drain()
		r.ack()
		r.appendTo("a.csv", "over\n")
		r.settle()
		r.drain().want(append(under("a.csv", all), "a.csv: more,over")...)
		r.ack()
		r.wantFiles(".archive/DAY/a.csv")
	})
}
