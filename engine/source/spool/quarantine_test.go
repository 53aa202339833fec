package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/source"
)

// failing is a source that fails where it is told.
type failing struct {
	source.Source
	read, bookmark, resume, seek func() error
}

func (f *failing) Read(ctx context.Context, buf []byte) (source.Block, error) {
	if err := call(f.read); err != nil {
		return source.Block{Data: buf[:0]}, err
	}
	return f.Source.Read(ctx, buf)
}

func (f *failing) Bookmark() (source.Bookmark, error) {
	if err := call(f.bookmark); err != nil {
		return source.Bookmark{}, err
	}
	return f.Source.Bookmark()
}

func (f *failing) Resume(ctx context.Context, b source.Bookmark) error {
	if err := call(f.resume); err != nil {
		return err
	}
	return f.Source.Resume(ctx, b)
}

func (f *failing) Seek(ctx context.Context, p source.Position) error {
	if err := call(f.seek); err != nil {
		return err
	}
	return f.Source.Seek(ctx, p)
}

func call(f func() error) error {
	if f == nil {
		return nil
	}
	return f()
}

// times fails so many times, from the call after the first skip ones.
func times(skip, n int, err error) func() error {
	calls := 0
	return func() error {
		calls++
		if calls > skip && calls <= skip+n {
			return err
		}
		return nil
	}
}

// fault is when and how something fails, see times.
type fault struct {
	skip, n int
	err     error
}

func (f fault) times() func() error { return times(f.skip, f.n, f.err) }

func denied(path string, errno syscall.Errno) error {
	return fmt.Errorf("%s: worded: %w", path, &fs.PathError{Op: "read", Path: path, Err: errno})
}

func TestQuarantine(t *testing.T) {
	noise := make([]byte, 40_000)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range noise {
		if noise[i] = byte('a' + random.IntN(26)); i%20 == 19 {
			noise[i] = '\n'
		}
	}
	damaged := packed(header + string(noise))
	damaged[len(damaged)/2] ^= 0x55
	inRig(t, func(o *Options) {
		o.Open = func(ctx context.Context, path string) (source.Source, any, error) {
			if filepath.Base(path) == "secret.csv" {
				return nil, nil, denied(path, syscall.EACCES)
			}
			return open(ctx, path)
		}
	}, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.write("b/what.csv", []byte("what is this\n"))
		r.write("cut.csv.gz", packed(header + "1\n2\n")[:20])
		r.write("damaged.csv.gz", damaged)
		r.put("secret.csv", "1")
		r.write("trigger.ready", []byte("ok"))
		r.write("xz.csv", []byte("\xfd7zXZ\x00......."))
		r.put("z.csv", "2")
		r.settle()
		r.drain()
		n := 0
		for _, got := range r.got {
			if strings.HasPrefix(got, "damaged.csv.gz: ") {
				// The sum at its end tells of the damage; what comes just before may be wrong already.
				if want := strings.TrimSpace(string(noise[20*n : 20*n+20])); n < 900 && got != "damaged.csv.gz: "+want {
					t.Fatalf("record %d before the damage: %q", n, got)
				}
				n++
			}
		}
		if n < 100 || r.got[0] != "a.csv: 1" || r.got[len(r.got)-1] != "z.csv: 2" || len(r.got) != n+2 {
			t.Errorf("%d records before the damage, %d in all", n, len(r.got))
		}
		if st := r.s.Stats(); st.Files != 2 || st.Quarantined != 6 || st.Waiting != 0 {
			t.Errorf("%+v", st)
		}
		r.wantLog("cannot be read, and goes to "+filepath.Join(r.dir, ".quarantine"), 6)
		const still = "a.csv b/what.csv cut.csv.gz damaged.csv.gz secret.csv trigger.ready xz.csv z.csv"
		r.wantFiles(still)
		b := r.bookmark()
		must(t, r.restart(b))
		r.got = nil
		r.settle()
		r.drain().want()
		r.wantFiles(still)
		must(t, r.s.Ack(t.Context(), b))
		r.wantFiles(".archive/DAY/a.csv .archive/DAY/z.csv .quarantine/b/what.csv .quarantine/b/what.csv.reason .quarantine/cut.csv.gz .quarantine/cut.csv.gz.reason " +
			".quarantine/damaged.csv.gz .quarantine/damaged.csv.gz.reason .quarantine/secret.csv .quarantine/secret.csv.reason " +
			".quarantine/trigger.ready .quarantine/trigger.ready.reason .quarantine/xz.csv .quarantine/xz.csv.reason")
		for name, want := range map[string]string{
			"b/what.csv": "of no known format\n", "damaged.csv.gz": "gzip data is damaged after byte", "cut.csv.gz": "cut short", "secret.csv": "worded",
		} {
			text, err := os.ReadFile(filepath.Join(r.dir, ".quarantine", name+".reason"))
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("%s: %q, %v", name, text, err)
			}
		}
		// Mended, it is a new file.
		r.put("cut.csv.gz", "1", "2")
		r.settle()
		r.drain().want("cut.csv.gz: 1", "cut.csv.gz: 2")
	})
}

// What the file system refuses is tried again: the same records come, once.
func TestPassingTrouble(t *testing.T) {
	all := records("a", 20)
	eio := func(n int) fault { return fault{2, n, denied("x", syscall.EIO)} }
	for _, c := range []struct {
		name                       string
		opens, reads, seeks, marks fault
		rounds                     int
		given                      bool // up
	}{
		{name: "once", reads: eio(1), rounds: 3},
		{name: "again and again", reads: eio(50), rounds: 60},
		{name: "for good", reads: eio(1 << 30), rounds: 110, given: true},
		{name: "seek", reads: eio(1), seeks: fault{0, 5, denied("x", syscall.ESTALE)}, rounds: 10},
		{name: "opening again", reads: eio(1), opens: fault{1, 5, denied("x", syscall.ESTALE)}, rounds: 10},
		{name: "opening again finds damage", reads: eio(1), opens: fault{1, 5, errors.New("damage")}, rounds: 10, given: true},
		{name: "opening", opens: fault{0, 5, denied("x", syscall.EMFILE)}, rounds: 50},
		{name: "opening for good", opens: fault{0, 1 << 30, denied("x", syscall.EIO)}, rounds: 700, given: true},
		{name: "bookmarks", marks: fault{0, 1 << 30, denied("x", syscall.EIO)}, rounds: 1},
		{name: "content", reads: fault{2, 1, errors.New("damage")}, rounds: 3, given: true},
	} {
		for _, restart := range []bool{false, true} {
			if restart && c.reads.n == 1 && c.opens.n+c.seeks.n > 0 {
				continue // Resume says what it met
			}
			t.Run(fmt.Sprint(c.name, restart), func(t *testing.T) {
				inRig(t, func(o *Options) {
					reads, opens, seeks, marks := c.reads.times(), c.opens.times(), c.seeks.times(), c.marks.times()
					o.Open = func(ctx context.Context, path string) (source.Source, any, error) {
						if filepath.Base(path) == "b.csv" {
							return open(ctx, path)
						}
						if err := call(opens); err != nil {
							return nil, nil, err
						}
						src, layout, err := open(ctx, path)
						return &failing{Source: src, read: reads, seek: seeks, bookmark: marks}, layout, err
					}
				}, func(t *testing.T, r *rig) {
					r.put("a.csv", all...)
					r.put("b.csv", "1")
					r.settle()
					for range c.rounds {
						for r.block() {
							if restart {
								must(t, r.restart(r.bookmark()))
								r.settle()
							}
						}
						if restart {
							must(t, r.restart(r.bookmark()))
							r.settle()
						}
						r.rest(r.o.Poll + r.o.Quiet/5)
					}
					r.settle()
					r.drain()
					if c.given {
						if r.s.Stats().Quarantined != 1 && !restart {
							t.Errorf("%+v", r.s.Stats())
						}
						if restart && strings.Contains(c.name, "for good") {
							return // a new process has as many tries as the one before
						}
						r.ack()
						r.wantFiles(".archive/DAY/b.csv .quarantine/a.csv .quarantine/a.csv.reason")
						return
					}
					var a, b []string
					for _, got := range r.got {
						if strings.HasPrefix(got, "a.csv") {
							a = append(a, got)
						} else {
							b = append(b, got)
						}
					}
					r.got = append(a, b...)
					r.want(append(under("a.csv", all), "b.csv: 1")...)
					r.ack()
					r.wantFiles(".archive/DAY/a.csv .archive/DAY/b.csv")
				})
			})
		}
	}
}

// A file that fails and is then found changed cannot be gone on with.
func TestTroubleAndChanged(t *testing.T) {
	for _, c := range []struct {
		change func(r *rig, path string)
		want   string
	}{
		{func(r *rig, path string) { must(r.t, os.Remove(path)) }, "a.csv: vanished before it was read to its end"},
		{func(r *rig, path string) { r.put("a.csv", "other") }, "a.csv: was changed while it was being read"},
	} {
		inRig(t, func(o *Options) {
			reads := times(1, 1, denied("x", syscall.EIO))
			o.Open = func(ctx context.Context, path string) (source.Source, any, error) {
				src, layout, err := open(ctx, path)
				return &failing{Source: src, read: reads}, layout, err
			}
		}, func(t *testing.T, r *rig) {
			r.put("a.csv", records("a", 20)...)
			r.settle()
			r.drain()
			r.wantLog("trying again", 1)
			c.change(r, filepath.Join(r.dir, "a.csv"))
			r.settle()
			if _, err := r.s.Read(t.Context(), nil); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// A context that ends loses nothing.
func TestContext(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.s.Read(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		r.s.o.Open = func(ctx context.Context, path string) (source.Source, any, error) {
			cancel()
			return nil, nil, ctx.Err()
		}
		if _, err := r.s.Read(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		r.s.o.Open = open
		r.drain().want("a.csv: 1")
		if err := r.s.Ack(ctx, r.bookmark()); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		r.ack()
		r.wantFiles(".archive/DAY/a.csv")
	})
}

// Tries are counted anew after each success: a shaky file server is no reason to give a file up.
func TestTriesBegin(t *testing.T) {
	calls := 0
	inRig(t, func(o *Options) {
		o.Open = func(ctx context.Context, path string) (source.Source, any, error) {
			src, layout, err := open(ctx, path)
			return &failing{Source: src, read: func() error {
				if calls++; calls%40 != 0 {
					return denied(path, syscall.EIO)
				}
				return nil
			}}, layout, err
		}
	}, func(t *testing.T, r *rig) {
		r.put("a.csv", records("a", 20)...)
		r.settle()
		for range 40 * 12 {
			r.drain()
			r.rest(time.Second)
		}
		r.want(under("a.csv", records("a", 20))...)
		r.wantLog("goes to", 0)
	})
}
