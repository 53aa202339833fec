// Package peers is the family of the other party: who it is, where it is, and
// what kind of number was called.
package peers

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct {
	plan  *numbering.Plan
	kinds *[1 << kindBits]kind
}

// New returns the family over the number plan p; nil where it is only to tell what it has.
func New(p *numbering.Plan) *Family { return &Family{p, newKinds(p != nil && p.HasHome())} }

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
		l.Facts[i] |= peer(l, i)
	}
}

func markAreas(l *window.Legs) {
	for i := range l.N {
		l.Facts[i] |= areas(l.Calling(i), l.Called(i)).Given(l.Facts[i], window.Voice)
	}
}

func (f *Family) markDestinations(l *window.Legs) {
	plan, kinds := f.plan, f.kinds
	for i := range l.N {
		facts, from, to := l.Facts[i], l.Calling(i), l.Called(i)
		unknown := one(from.Country() == 0) | one(to.Country() == 0)
		abroad := one(plan.Toll(from.Country()) != plan.Toll(to.Country()))
		local := one(from.Area() == to.Area()) & one(from.Area() != 0)
		distance, kind := distances[unknown<<2|abroad<<1|local], &kinds[kindOf(to)]
		told := kind.facts | distance&kind.distances | kind.call.Given(facts, window.Call)
		told = told.Given(facts, window.Voice|window.Out)
		const diverting = window.Voice | window.Forwarded | window.Whole
		if facts&diverting == diverting && !to.On(cdr.ListVoicemail) && distance == window.International {
			told |= window.DivertedAbroad
		}
		l.Facts[i] = facts | told
	}
}

// peer tells whether the other party of leg i can be a contact: a number that is neither
// absent nor the subscriber's own, a short code or a service. Only calls and messages make
// contacts; slices and forwarded legs do not.
func peer(l *window.Legs, i int) window.Fact {
	is, p, peer := window.HasPeer, l.PeerPlace[i], l.Peer[i]
	f := is.When(peer != 0) & is.When(peer != l.Subject[i]) & is.When(p.Class() != cdr.ClassShortCode) & is.When(!p.On(cdr.ListService))
	if peer.IsIMSI() {
		return 0
	}
	return f.Given(l.Facts[i], window.Whole)
}

func areas(from, to cdr.Place) window.Fact {
	both := window.AreasKnown | window.AreasDiffer.When(from.Area() != to.Area())
	known := window.AreaKnown | both.When(from.Area() != 0)
	return known.When(to.Area() != 0) | window.CountryKnown.When(to.Country() != 0)
}

// distances are how far apart two parties are: the first that fits of unknown, in another
// toll country, in the same area, and within the country. There are as many as a byte tells
// apart, so that no index has to be checked.
var distances = [256]window.Fact{
	window.National, window.Local, window.International, window.International,
	window.ToUnknown, window.ToUnknown, window.ToUnknown, window.ToUnknown,
}

// one is 1 if c holds, else 0, without a branch.
func one(c bool) (n uint8) {
	if c {
		n = 1
	}
	return n
}
