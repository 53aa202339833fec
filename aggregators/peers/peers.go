// Package peers is the family of the other party: who it is, where it is, and
// what kind of number was called.
package peers

import (
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct {
	plan  *numbering.Plan
	kinds *[1 << kindBits]kind
	pairs *[256]pair
}

// New returns the family over the number plan p; nil where it is only to tell what it has.
func New(p *numbering.Plan) *Family { return &Family{p, newKinds(p != nil && p.HasHome()), newPairs()} }

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

// What Mark tells, but for window.HasPeer.
const (
	aboutAreas        = window.AreasKnown | window.AreasDiffer | window.AreaKnown | window.CountryKnown
	aboutDestinations = window.ToService | window.ToUnknown | window.International | window.Local | window.National |
		window.Premium | window.Hot | window.Care | window.OffService | window.OnNet | window.DivertedAbroad
)

// Tells names the facts of Mark.
func (*Family) Tells() window.Fact { return window.HasPeer | aboutAreas | aboutDestinations }

// Mark tells of each leg what kind of number the other party has and how far
// away it is. What legs have next is not to be guessed, so there is no branch in it; where
// nobody asks how far away the other party is, it does less.
func (f *Family) Mark(l *window.Legs) {
	if l.Wanted&window.HasPeer != 0 {
		f.markPeers(l)
	}
	switch {
	case l.Wanted&aboutDestinations != 0:
		f.markPairs(l)
	case l.Wanted&aboutAreas != 0:
		f.markAreas(l)
	}
}

func (f *Family) markPairs(l *window.Legs) {
	plan, kinds, pairs := f.plan, f.kinds, f.pairs
	for i := range l.N {
		facts, from, to := l.Facts[i], l.Calling(i), l.Called(i)
		countries := countriesOf(from.Country(), to.Country(), plan.Toll(from.Country()), plan.Toll(to.Country()))
		pair, kind := &pairs[areasOf(from, to)|countries], &kinds[kindOf(to)]
		told := kind.facts | pair.distance&kind.distances | kind.call.Given(facts, window.Call)
		told = told.Given(facts, window.Out) | pair.areas | (pair.diverts&kind.diverts).Given(facts, window.Forwarded|window.Whole)
		l.Facts[i] = facts | told.Given(facts, window.Voice)
	}
}

// markPeers tells whether the other party of a leg can be a contact: a number that is neither
// absent nor the subscriber's own, a short code or a service. Only calls and messages make
// contacts; slices and forwarded legs do not.
func (f *Family) markPeers(l *window.Legs) {
	kinds := f.kinds
	for i := range l.N {
		n, facts := l.Peer[i], l.Facts[i]
		contact := kinds[kindOf(l.PeerPlace[i])].contact.When(n != 0).When(n != l.Subject[i])
		if n.IsIMSI() {
			contact = 0
		}
		l.Facts[i] = facts | contact.Given(facts, window.Whole)
	}
}

func (f *Family) markAreas(l *window.Legs) {
	pairs := f.pairs
	for i := range l.N {
		facts := l.Facts[i]
		l.Facts[i] = facts | pairs[areasOf(l.Calling(i), l.Called(i))|countriesOf(0, l.Called(i).Country(), 0, 0)].areas.Given(facts, window.Voice)
	}
}
