package spool

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/source/file"
)

// ended words the parts that have come to their end.
func (r *rig) ended() string {
	var all []string
	for _, p := range r.s.Ended() {
		text := strings.TrimPrefix(p.Name, r.dir+"/")
		if size, _ := file.Stored(p.Evidence); size >= 0 {
			text += fmt.Sprint(" of ", size)
		}
		if p.Layout != nil {
			text += " read"
		}
		if p.Again {
			text += " again"
		}
		if p.Reason != "" {
			text += " not"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func (r *rig) wantEnded(want string) {
	r.t.Helper()
	if got := r.ended(); got != want {
		r.t.Errorf("ended: %q, want %q", got, want)
	}
}

// Every file is told once when nothing of it is left to read: empty ones, those that
// cannot be read, and those that have grown too.
func TestEnded(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.wantEnded("")
		r.put("a.csv", "1,a", "2,a")
		r.write("b.csv", nil)
		r.write("c.csv", append([]byte{0x1f, 0x8b}, "no gzip"...))
		r.settle()
		r.drain()
		r.wantEnded("a.csv of 16 read, b.csv, c.csv not")
		r.wantEnded("")
		r.appendTo("a.csv", "3,a\n")
		r.ack()
		r.settle()
		r.drain()
		r.wantEnded("a.csv of 20 read again")
		r.ack()
		r.put("d.csv", "1,d")
		r.settle()
		b := r.bookmark()
		r.drain()
		r.wantEnded("d.csv of 12 read")
		must(t, r.restart(b)) // of before that
		r.settle()
		r.drain()
		r.wantEnded("d.csv of 12 read")
	})
}
