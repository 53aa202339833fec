package decode

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Rules turns rows into records as the specification says and one source is
// configured. It is immutable.
type Rules struct {
	s       Source
	home    []string // home PLMNs
	regions map[string]uint64
	drops   [2]uint64 // bit set of drop causes below 128
}

// NewRules prepares the rules of a source.
func NewRules(s *Source) *Rules {
	u := &Rules{s: *s, home: slices.Clone(s.HomePLMNs)}
	if s.Regions != nil {
		u.regions = make(map[string]uint64, len(s.Regions))
		for cell, region := range s.Regions {
			u.regions[cell] = HashText([]byte(region))
		}
	}
	for _, c := range s.DropCauses {
		if c < 128 {
			u.drops[c>>6] |= 1 << (c & 63)
		}
	}
	return u
}

// Clock returns a clock for the source's local times.
func (u *Rules) Clock() Clock { return NewClock(u.s.Zone) }

// Line is where a record stands.
type Line struct {
	Text []byte   // the record as it stands, without line end
	Raw  cdr.Span // of Text in the block
	Line uint32   // counted from 0 at the start of the block
}

// Append applies the rules to r and adds the record to out, or counts in t why
// it does not. It keeps nothing of r.
func (u *Rules) Append(r *Row, at Line, out *cdr.Batch, t *Tally) {
	t.Read++
	mark := len(out.Text)
	p := u.parties(r, out)
	d := r.direction()
	release := r.Start
	if !u.s.EventStart {
		release = r.release()
	}
	flags := r.legs(d)
	served := &p.calling
	if flags&cdr.ServedCalled != 0 {
		served = &p.called
	}
	if *served == 0 && len(r.IMSI) > 0 {
		*served = cdr.IMSI(r.IMSI)
	}
	problem := ""
	switch {
	case p.calling|p.called == 0:
		problem = "no party"
	case u.s.Latest > 0 && release > u.s.Latest:
		problem = "its time is too far in the future: " + Time(release)
	default:
		if flags = u.folded(flags); flags&(cdr.Originating|cdr.Terminating) != 0 {
			u.put(out, r, &p, p.present(flags), d, release, at)
			return
		}
		t.Filtered++
	}
	out.Text = out.Text[:mark]
	if problem != "" {
		t.Reject(at.Raw, at.Line, problem)
	}
}

// parties are the two parties of a row after the number rules. The text of a
// name stands at name in the batch's text.
type parties struct {
	calling, called           cdr.Number
	callingPlace, calledPlace cdr.Place
	callingName, calledName   cdr.Span
}

func (u *Rules) parties(r *Row, out *cdr.Batch) (p parties) {
	if len(r.Calling) > 0 {
		p.callingName.Off = uint32(len(out.Text))
		p.calling, p.callingPlace, out.Text = u.s.Numbers.Party(out.Text, r.Calling, r.CallingInternational)
		p.callingName.Len = uint32(len(out.Text)) - p.callingName.Off
	}
	if len(r.Called) > 0 {
		p.calledName.Off = uint32(len(out.Text))
		p.called, p.calledPlace, out.Text = u.s.Numbers.Party(out.Text, r.Called, r.CalledInternational)
		p.calledName.Len = uint32(len(out.Text)) - p.calledName.Off
	}
	return p
}

// folded takes away the legs that the source does not fold.
func (u *Rules) folded(flags cdr.Flags) cdr.Flags {
	if !u.s.Originating {
		flags &^= cdr.Originating
	}
	if !u.s.Terminating {
		flags &^= cdr.Terminating
	}
	return flags
}

// present takes away the legs that have no party. The record still counts: it
// was well-formed and not excluded.
func (p *parties) present(flags cdr.Flags) cdr.Flags {
	if p.calling == 0 {
		flags &^= cdr.Originating
	}
	if p.called == 0 {
		flags &^= cdr.Terminating
	}
	return flags
}

// put adds the row as the last of b.
func (u *Rules) put(b *cdr.Batch, r *Row, p *parties, flags cdr.Flags, d Direction, release cdr.Millis, at Line) {
	row := len(b.Start)
	high := release
	if row > 0 {
		high = max(high, b.HighWater[row-1])
	}
	raw := cdr.Hash(at.Text)
	imsi := packDigits(r.IMSI)
	b.Calling, b.Called = append(b.Calling, p.calling), append(b.Called, p.called)
	b.CallingPlace, b.CalledPlace = append(b.CallingPlace, p.callingPlace), append(b.CalledPlace, p.calledPlace)
	b.Start, b.Release, b.HighWater = append(b.Start, r.Start), append(b.Release, release), append(b.HighWater, high)
	b.RingMS, b.TalkMS = append(b.RingMS, r.RingMS), append(b.TalkMS, r.TalkMS)
	b.Flags = append(b.Flags, u.marks(r, flags))
	b.Identity, b.RawHash = append(b.Identity, r.identity(d, raw)), append(b.RawHash, raw)
	b.Call = append(b.Call, r.Call)
	b.Cell, b.Region = append(b.Cell, HashText(r.CellID)), append(b.Region, u.region(r.CellID))
	b.IMEI, b.IMSI = append(b.IMEI, device(r.IMEI)), append(b.IMSI, imsi)
	b.VisitedMCC = append(b.VisitedMCC, mcc(r.VisitedPLMN))
	b.Up, b.Down = append(b.Up, r.Up), append(b.Down, r.Down)
	b.Charge, b.Cause, b.Offset = append(b.Charge, r.Charge), append(b.Cause, r.Cause), append(b.Offset, r.Offset)
	b.Raw, b.Line = append(b.Raw, at.Raw), append(b.Line, at.Line)
	if p.calling.IsName() {
		b.Names = append(b.Names, cdr.NameRef{Row: int32(row), Text: p.callingName})
	}
	if p.called.IsName() {
		b.Names = append(b.Names, cdr.NameRef{Row: int32(row), Called: true, Text: p.calledName})
	}
}

// marks completes the flags.
func (u *Rules) marks(r *Row, f cdr.Flags) cdr.Flags {
	f = f.With(r.Service, r.Outcome, r.RAT)
	if r.Forwarded {
		f |= cdr.Forwarded
	}
	if r.Partial > 1 {
		f |= cdr.Slice
	}
	if u.s.Attempts {
		f |= cdr.AttemptsReported
	}
	if r.Cause != 0 && u.dropped(r.Cause) {
		f |= cdr.DropCause
	}
	if len(r.VisitedPLMN) > 0 && u.roams(r) {
		f |= cdr.Roams
	}
	if len(r.IMSI) > 0 && u.homeIMSI(r.IMSI) {
		f |= cdr.ServedHome
	}
	return f
}

func (u *Rules) dropped(cause uint16) bool {
	if cause < 128 {
		return u.drops[cause>>6]>>(cause&63)&1 != 0
	}
	return slices.Contains(u.s.DropCauses, cause)
}

func (u *Rules) roams(r *Row) bool {
	for _, h := range u.home {
		if h == string(r.VisitedPLMN) {
			return false
		}
	}
	return len(r.IMSI) < len(r.VisitedPLMN) || string(r.IMSI[:len(r.VisitedPLMN)]) != string(r.VisitedPLMN)
}

func (u *Rules) homeIMSI(imsi []byte) bool {
	for _, h := range u.home {
		if h != "" && len(imsi) >= len(h) && string(imsi[:len(h)]) == h {
			return true
		}
	}
	return false
}

// region is the hash of the region of a cell: the configured one, or PLMN-LAC of
// a cell written PLMN-LAC-CI. 0 when there is none.
func (u *Rules) region(cell []byte) uint64 {
	if len(cell) == 0 {
		return 0
	}
	if u.regions != nil {
		return u.regions[string(cell)]
	}
	n := digitsOf(cell)
	if n == 0 || n == len(cell) || cell[n] != '-' {
		return 0
	}
	lac, ci, ok := cutDash(cell[n+1:])
	if !ok || len(lac) == 0 || len(ci) == 0 {
		return 0
	}
	if _, _, more := cutDash(ci); more {
		return 0
	}
	return HashText(cell[:n+1+len(lac)])
}

func cutDash(b []byte) (before, after []byte, ok bool) {
	for i, c := range b {
		if c == '-' {
			return b[:i], b[i+1:], true
		}
	}
	return b, nil, false
}
