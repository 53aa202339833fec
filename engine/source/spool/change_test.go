package spool

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What happens to a file after it was read to its end, before and while its
// epoch is acknowledged: nothing of it is lost, nothing of it is read twice where that
// can be told.
func TestChangedAfterItsEnd(t *testing.T) {
	path := func(r *rig) string { return filepath.Join(r.dir, "a.csv") }
	later := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name   string
		begin  string // "" stands for two records
		change func(r *rig)
		want   []string // what is read then
		log    string
		left   string
	}{
		{"nothing", "", func(*rig) {}, nil, "", ".archive/DAY/a.csv"},
		{"grown", "", func(r *rig) { r.appendTo("a.csv", "3\n4\n") }, []string{"a.csv: 3", "a.csv: 4"}, "going on behind byte 12", ".archive/DAY/a.csv"},
		{"touched", "", func(r *rig) { must(r.t, os.Chtimes(path(r), later, later)) }, nil, "going on behind byte 12", ".archive/DAY/a.csv"},
		{"replaced", "", func(r *rig) { r.put("a.csv", "5", "6", "7") }, []string{"a.csv: 5", "a.csv: 6", "a.csv: 7"}, "is read from its beginning, as another file", ".archive/DAY/a.csv"},
		{"replaced by a shorter one", "", func(r *rig) { r.put("a.csv", "8") }, []string{"a.csv: 8"}, "from its beginning", ".archive/DAY/a.csv"},
		{"cut", "", func(r *rig) { must(r.t, os.Truncate(path(r), int64(len(header)+2))) }, []string{"a.csv: 1"}, "shrank", ".archive/DAY/a.csv"},
		{"emptied", "", func(r *rig) { must(r.t, os.Truncate(path(r), 0)) }, nil, "", ".archive/DAY/a.csv"},
		{"removed", "", func(r *rig) { must(r.t, os.Remove(path(r))) }, nil, "", ""},
		{"grown within a line", header + "1\n2", func(r *rig) { r.appendTo("a.csv", "2\n") }, []string{"a.csv: 1", "a.csv: 22"}, "had no line end", ".archive/DAY/a.csv"},
		{"was empty", "-", func(r *rig) { r.put("a.csv", "1") }, []string{"a.csv: 1"}, "from its beginning", ".archive/DAY/a.csv"},
		{"was a header", header, func(r *rig) { r.appendTo("a.csv", "1\n") }, []string{"a.csv: 1"}, "going on behind byte 8", ".archive/DAY/a.csv"},
		{"was quarantined", "what\n", func(r *rig) { r.put("a.csv", "1") }, []string{"a.csv: 1"}, "from its beginning", ".archive/DAY/a.csv"},
		{"a member more", string(packed(header + "1\n")), func(r *rig) { r.appendTo("a.csv", string(packed("2\n"))) }, []string{"a.csv: 1", "a.csv: 2"}, "from its beginning", ".archive/DAY/a.csv"},
		{"became unreadable", "", func(r *rig) { r.write("a.csv", []byte("nonsense")) }, nil, "of no known format", ".quarantine/a.csv .quarantine/a.csv.reason"},
	} {
		for _, when := range []string{"before the bookmark", "before the ack", "before the ack, frequent acks", "before the restart"} {
			t.Run(c.name+" "+when, func(t *testing.T) {
				inRig(t, nil, func(t *testing.T, r *rig) {
					switch c.begin {
					case "":
						r.put("a.csv", "1", "2")
					case "-":
						r.write("a.csv", nil)
					default:
						r.write("a.csv", []byte(c.begin))
					}
					r.settle()
					r.drain()
					r.got = nil
					if when == "before the bookmark" {
						c.change(r)
					}
					b := r.bookmark()
					if when != "before the bookmark" {
						c.change(r)
					}
					if when == "before the restart" {
						must(t, r.restart(b))
					}
					must(t, r.s.Ack(t.Context(), b))
					for range 70 {
						r.rest(time.Second)
						r.drain()
						if when == "before the ack, frequent acks" {
							r.ack()
						}
					}
					r.want(c.want...)
					if c.log != "" {
						r.wantLog(c.log, 1)
					}
					r.ack()
					r.wantFiles(c.left)
					if len(r.s.read) > 0 {
						t.Errorf("%d files are remembered", len(r.s.read))
					}
				})
			})
		}
	}
}

// What happens to a file while it is read.
func TestChangedWhileItIsRead(t *testing.T) {
	all := records("a", 20)
	path := func(r *rig) string { return filepath.Join(r.dir, "a.csv") }
	for _, c := range []struct {
		name     string
		change   func(r *rig)
		bookmark string   // what Bookmark says then
		read     string   // what Read says
		want     []string // what is read in all, if Read says nothing
	}{
		{"grown", func(r *rig) { r.appendTo("a.csv", "x\n") }, "", "", append(under("a.csv", all), "a.csv: x")},
		{"vanished", func(r *rig) { must(r.t, os.Remove(path(r))) }, "a.csv: vanished before it was read to its end: put", "", under("a.csv", all)},
		{"replaced", func(r *rig) { r.put("a.csv", "y") }, "a.csv: was replaced while it was being read: put", "", append(under("a.csv", all), "a.csv: y")},
		{"cut behind", func(r *rig) { must(r.t, os.Truncate(path(r), 100)) }, "a.csv: shrank while it was being read: put", "a.csv: shrank while it was being read: put", nil},
		{"emptied", func(r *rig) { must(r.t, os.Truncate(path(r), 0)) }, "a.csv: shrank while it was being read: put", "a.csv: shrank while it was being read: put", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inRig(t, nil, func(t *testing.T, r *rig) {
				r.put("a.csv", all...)
				r.settle()
				r.block()
				c.change(r)
				_, err := r.s.Bookmark()
				if c.bookmark == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.bookmark) {
					t.Errorf("Bookmark: %v, want %s", err, c.bookmark)
				}
				if c.read == "" {
					r.drain().settle()
					r.drain().want(c.want...)
					r.ack()
					return
				}
				for {
					_, err := r.s.Read(t.Context(), nil)
					if err != nil {
						if !strings.Contains(err.Error(), c.read) {
							t.Errorf("Read: %v, want %s", err, c.read)
						}
						return
					}
				}
			})
		})
	}
}

// A file that is cut behind what was read of it ends early: that is no end.
func TestCutFarBehind(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", records("a", 20_000)...)
		r.settle()
		r.block()
		must(t, os.Truncate(filepath.Join(r.dir, "a.csv"), 150_000))
		for {
			if _, err := r.s.Read(t.Context(), nil); err != nil {
				if !strings.Contains(err.Error(), "a.csv: shrank while it was being read: put") {
					t.Error(err)
				}
				return
			}
		}
	})
}

// A directory that is gone is waited for, and nothing is forgotten meanwhile.
func TestDirectoryGone(t *testing.T) {
	for _, empty := range []bool{false, true} {
		inRig(t, nil, func(t *testing.T, r *rig) {
			r.put("a.csv", "1")
			r.put("b.csv", records("b", 20)...)
			r.settle()
			r.block()
			r.block() // within b
			away := r.dir + ".away"
			b := r.bookmark()
			must(t, os.Rename(r.dir, away))
			if empty {
				must(t, os.Mkdir(r.dir, 0o700)) // where it was mounted
			}
			r.rest(20 * time.Second)
			if lag := r.s.Lag(); lag.Waiting != -1 {
				t.Errorf("%+v", lag)
			}
			r.wantLog("is not there, or is another directory", 1)
			must(t, r.s.Ack(t.Context(), b))
			r.bookmark()
			if empty {
				must(t, os.Remove(r.dir))
			}
			must(t, os.Rename(away, r.dir))
			r.put("c.csv", "2")
			r.settle()
			r.wantLog("is there again", 1)
			if lag := r.s.Lag(); lag.Waiting != 1 {
				t.Errorf("%+v", lag)
			}
			r.drain().want(append(append([]string{"a.csv: 1"}, under("b.csv", records("b", 20))...), "c.csv: 2")...)
			r.ack()
			r.wantFiles(".archive/DAY/a.csv .archive/DAY/b.csv .archive/DAY/c.csv")
		})
	}
}

// The directory goes while complete files wait.
func TestDirectoryGoneBeforeOpening(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		must(t, os.Rename(r.dir, r.dir+".away"))
		r.drain().want()
		must(t, os.Rename(r.dir+".away", r.dir))
		r.rest(2 * time.Second)
		r.drain().want("a.csv: 1")
	})
}
