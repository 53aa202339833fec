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
		l.Facts[i] |= peer(l, i)
	}
}

func markAreas(l *window.Legs) {
	for i := range l.N {
		l.Facts[i] |= areas(l.Calling(i), l.Called(i)).Given(l.Facts[i], window.Voice)
	}
}

func (f *Family) markDestinations(l *window.Legs) {
	hasHome := f.plan.HasHome()
	for i := range l.N {
		facts := l.Facts[i]
		from, to := l.Calling(i), l.Called(i)
		distance := f.distance(from, to)
		told := destination(to, distance)
		if hasHome {
			told |= onNet(to, told).Given(facts, window.Call)
		}
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

// destination is the class of an originating voice leg, to a party as far away as distance.
func destination(to cdr.Place, distance window.Fact) window.Fact {
	class := to.Class()
	facts := distance | window.Premium.When(class == cdr.ClassPremium)
	facts &^= (^window.Fact(0)).When(class == cdr.ClassShortCode) | (^window.Fact(0)).When(class == cdr.ClassTollFree)
	facts |= window.ToService.When(class == cdr.ClassShortCode) | window.ToService.When(class == cdr.ClassTollFree)
	return facts | window.Hot.When(to.On(cdr.ListHot)) | window.Care.When(to.On(cdr.ListCare))
}

// distance is how far apart two parties are: the first that fits of unknown, in another toll
// country, in the same area, and within the country.
func (f *Family) distance(from, to cdr.Place) window.Fact {
	all := ^window.Fact(0)
	unknown := all.When(from.Country() == 0) | all.When(to.Country() == 0)
	abroad := all.When(f.plan.Toll(from.Country()) != f.plan.Toll(to.Country())) &^ unknown
	local := all.When(from.Area() == to.Area()).When(from.Area() != 0) &^ (unknown | abroad)
	return window.ToUnknown&unknown | window.International&abroad | window.Local&local | window.National&^(unknown|abroad|local)
}

// onNet tells, of calls that told says are to no service, whether they stay in the network.
func onNet(to cdr.Place, told window.Fact) window.Fact {
	f := window.OffService | window.OnNet.When(to.On(cdr.ListHome))
	return f.When(told&window.ToService == 0)
}
