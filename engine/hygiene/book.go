package hygiene

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Book is what the files of some switches have told, one after the other.
type Book struct {
	Switches map[string]*Track `json:"switches,omitempty"`
	Warnings map[Code]int64    `json:"warnings,omitempty"` // how many there were
	Recent   []Warning         `json:"recent,omitempty"`   // the last ones
}

// Track is where a switch stands.
type Track struct {
	Series Series     `json:"series,omitzero"`
	Last   cdr.Millis `json:"last_ms,omitempty"` // the latest event time of its files; 0: none yet
}

const (
	maxSwitches = 1000
	// MaxWarnings is how many warnings are kept, in a book and in a report.
	MaxWarnings = 100
)

// Close takes the account of a file that has ended, and returns what is to be said of
// it. silence is the longest time that a switch may write nothing; 0: any.
func (b *Book) Close(a *Account, silence time.Duration) []Warning {
	all := b.check(a, silence)
	b.Note(all...)
	return all
}

// check is Close without remembering the warnings. Numbers that are missing are among
// them as they are found missing: they may come yet.
func (b *Book) check(a *Account, silence time.Duration) []Warning {
	all := Judge(a)
	numbered, timed := a.Claims.Has&decode.ClaimSequence != 0, a.Totals.Count() > 0
	if !numbered && !timed {
		return all
	}
	t := b.track(Switch(a))
	if numbered {
		all = append(all, t.number(a)...)
	}
	if timed {
		all = append(all, t.cover(a, silence)...)
	}
	return all
}

// number takes the number of a file.
func (t *Track) number(a *Account) []Warning {
	n := a.Claims.Sequence
	top := t.Series.top()
	switch what, missing := t.Series.Add(n); what {
	case jumps:
		return []Warning{gap(a.Name, missing)}
	case repeats:
		return []Warning{{a.Name, SequenceRepeat, fmt.Sprintf("its sequence number %d came before: the file was sent again, or the switch counts anew", n)}}
	case restarts:
		return []Warning{{a.Name, SequenceRestart, fmt.Sprintf("its sequence number is %d, where %d was the last: the switch counts anew", n, top)}}
	}
	return nil
}

func gap(name string, missing Run) Warning {
	if missing.First == missing.Last {
		return Warning{name, SequenceGap, fmt.Sprintf("the file before it, number %d, did not come", missing.First)}
	}
	return Warning{name, SequenceGap, fmt.Sprintf("the files before it, numbers %d to %d, did not come", missing.First, missing.Last)}
}

// cover takes the event time that a file covers.
func (t *Track) cover(a *Account, silence time.Duration) (all []Warning) {
	first, last := a.Totals.First, a.Totals.Last
	hole := time.Duration(first-t.Last) * time.Millisecond
	if t.Last != 0 && silence > 0 && hole > silence {
		all = append(all, Warning{a.Name, Silence, fmt.Sprintf("begins at %s, %s after the files of its switch before it ended", clock(first), hole.Round(time.Second))})
	}
	if t.Last == 0 || last > t.Last {
		t.Last = last
	}
	return all
}

func clock(t cdr.Millis) string { return time.UnixMilli(int64(t)).UTC().Format(time.RFC3339) }

// track is what is known of a switch. Of too many the one that is behind all others is
// forgotten.
func (b *Book) track(name string) *Track {
	if t := b.Switches[name]; t != nil {
		return t
	}
	if b.Switches == nil {
		b.Switches = map[string]*Track{}
	}
	if len(b.Switches) >= maxSwitches {
		delete(b.Switches, b.oldest())
	}
	t := &Track{}
	b.Switches[name] = t
	return t
}

func (b *Book) oldest() string {
	return slices.MinFunc(slices.Sorted(maps.Keys(b.Switches)), func(x, y string) int {
		return int(max(-1, min(1, b.Switches[x].Last-b.Switches[y].Last)))
	})
}

// Note remembers warnings.
func (b *Book) Note(all ...Warning) {
	if len(all) > 0 && b.Warnings == nil {
		b.Warnings = map[Code]int64{}
	}
	for _, w := range all {
		b.Warnings[w.Code]++
	}
	b.Recent = append(b.Recent, all...)
	if n := len(b.Recent) - MaxWarnings; n > 0 {
		b.Recent = slices.Delete(b.Recent, 0, n)
	}
}

// Missing is how many files are missing, by their numbers.
func (b *Book) Missing() (n int64) {
	for _, t := range b.Switches {
		n += t.Series.Missing()
	}
	return n
}

// Clone is a copy that shares nothing with b.
func (b *Book) Clone() *Book {
	c := &Book{Warnings: maps.Clone(b.Warnings), Recent: slices.Clone(b.Recent)}
	if b.Switches != nil {
		c.Switches = map[string]*Track{}
	}
	for name, t := range b.Switches {
		c.Switches[name] = &Track{Series{slices.Clone(t.Series.Runs), t.Series.Turn}, t.Last}
	}
	return c
}
