// Package peers is the family of the other party: who it is, where it is, and
// what kind of number was called.
package peers

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct{ plan *numbering.Plan }

// New returns the family over the number plan p.
func New(p *numbering.Plan) *Family { return &Family{p} }

// Name is the family's name.
func (*Family) Name() string { return "peers" }

// The stamps of a peer.
const (
	anyContact = window.Stamp0
	called     = window.Stamp1
	caller     = window.Stamp2
	messaged   = window.Stamp3
)

// Measures lists the family's measures.
func (*Family) Measures() []window.Measure {
	const call, voice, message, out, in = window.Call, window.Voice, window.Message, window.Out, window.In
	count := func(name string, f window.Fact) window.Measure {
		return window.Measure{Name: name, When: window.If(f)}
	}
	talk := func(name string, f window.Fact) window.Measure {
		return window.Measure{Name: name, Kind: window.Sum, Of: window.Talk, When: window.If(voice | out | f)}
	}
	peer := func(name string, seen window.Stamp, c window.Cond) window.Measure {
		c.All |= window.HasPeer
		return window.Measure{Name: name, Kind: window.Distinct, Item: window.PeerItem, Seen: seen, When: c}
	}
	return []window.Measure{
		count("areas_known", call|window.AreasKnown),
		count("areas_differ", call|window.AreasDiffer),
		count("to_service", call|window.ToService),
		count("to_unknown", call|window.ToUnknown),
		count("international", call|window.International),
		count("local", call|window.Local),
		count("national", call|window.National),
		count("premium", call|out|window.Premium),
		count("hot", call|out|window.Hot),
		count("care", call|out|window.Care),
		count("off_service", window.OffService),
		count("on_net", window.OnNet),
		count("diverted_abroad", window.DivertedAbroad),
		talk("international_talk", window.International),
		talk("premium_talk", window.Premium),
		{Name: "areas_called", Kind: window.Distinct, Item: window.AreaItem, Seen: window.Stamp0, When: window.If(call | out | window.AreaKnown)},
		{Name: "countries_called", Kind: window.Distinct, Item: window.CountryItem, Seen: window.Stamp0, When: window.If(call | out | window.CountryKnown)},
		peer("contacts", anyContact, window.Cond{None: window.Data | window.Forwarded}),
		peer("contacts_out", called, window.If(call|out)),
		peer("contacts_in", caller, window.If(call|in)),
		peer("contacts_messaged", messaged, window.If(message|out)),
		{Name: "contacts_mutual", Kind: window.Distinct, Item: window.PeerItem, Both: called | caller},
	}
}

// What Mark tells, in three parts.
const (
	aboutAreas        = window.AreasKnown | window.AreasDiffer | window.AreaKnown | window.CountryKnown
	aboutDestinations = window.ToService | window.ToUnknown | window.International | window.Local | window.National |
		window.Premium | window.Hot | window.Care | window.OffService | window.OnNet | window.DivertedAbroad
)

// Tells names the facts of Mark.
func (*Family) Tells() window.Fact { return window.HasPeer | aboutAreas | aboutDestinations }

// Mark tells of each leg what kind of number the other party has and how far
// away it is.
func (f *Family) Mark(l *window.Legs) {
	if l.Wanted&window.HasPeer != 0 {
		markPeers(l)
	}
	if l.Wanted&aboutAreas != 0 {
		markAreas(l)
	}
	if l.Wanted&aboutDestinations != 0 {
		f.markDestinations(l)
	}
}

func markPeers(l *window.Legs) {
	for i := range l.N {
		if isPeer(l, i) {
			l.Facts[i] |= window.HasPeer
		}
	}
}

func markAreas(l *window.Legs) {
	for i := range l.N {
		if l.Facts[i]&window.Voice != 0 {
			l.Facts[i] |= areas(l.Calling(i), l.Called(i))
		}
	}
}

func (f *Family) markDestinations(l *window.Legs) {
	hasHome := f.plan.HasHome()
	for i := range l.N {
		facts := l.Facts[i]
		if facts&window.Voice == 0 {
			continue
		}
		from, to := l.Calling(i), l.Called(i)
		if facts&window.Forwarded != 0 {
			facts |= f.diverted(facts, from, to)
		}
		if facts&window.Out != 0 {
			facts |= f.destination(from, to)
			if hasHome && facts&(window.Call|window.ToService) == window.Call {
				facts |= onNet(to)
			}
		}
		l.Facts[i] = facts
	}
}

// isPeer reports whether the other party of leg i can be a contact: a number
// that is neither absent nor the subscriber's own, a short code or a service.
// Only calls and messages make contacts; slices and forwarded legs do not.
func isPeer(l *window.Legs, i int) bool {
	const whole = window.Whole
	p, peer := l.PeerPlace[i], l.Peer[i]
	return peer != 0 && !peer.IsIMSI() && peer != l.Subject[i] && l.Facts[i]&whole != 0 &&
		p.Class() != cdr.ClassShortCode && !p.On(cdr.ListService)
}

func areas(from, to cdr.Place) window.Fact {
	var f window.Fact
	if to.Area() != 0 {
		f = window.AreaKnown
		if from.Area() != 0 {
			f |= window.AreasKnown
			if from.Area() != to.Area() {
				f |= window.AreasDiffer
			}
		}
	}
	if to.Country() != 0 {
		f |= window.CountryKnown
	}
	return f
}

// destination is the class of an originating voice leg: the first that fits.
func (f *Family) destination(from, to cdr.Place) window.Fact {
	var facts window.Fact
	switch to.Class() {
	case cdr.ClassShortCode, cdr.ClassTollFree:
		facts = window.ToService
	case cdr.ClassPremium:
		facts = window.Premium | f.distance(from, to)
	default:
		facts = f.distance(from, to)
	}
	if to.On(cdr.ListHot) {
		facts |= window.Hot
	}
	if to.On(cdr.ListCare) {
		facts |= window.Care
	}
	return facts
}

func (f *Family) distance(from, to cdr.Place) window.Fact {
	switch {
	case from.Country() == 0 || to.Country() == 0:
		return window.ToUnknown
	case f.plan.Toll(from.Country()) != f.plan.Toll(to.Country()):
		return window.International
	case from.Area() != 0 && from.Area() == to.Area():
		return window.Local
	}
	return window.National
}

func onNet(to cdr.Place) window.Fact {
	if to.On(cdr.ListHome) {
		return window.OffService | window.OnNet
	}
	return window.OffService
}

// diverted tells of a forwarded leg that leaves the toll country, unless it
// goes to voicemail.
func (f *Family) diverted(facts window.Fact, from, to cdr.Place) window.Fact {
	if facts&window.Whole != 0 && !to.On(cdr.ListVoicemail) && f.distance(from, to) == window.International {
		return window.DivertedAbroad
	}
	return 0
}
