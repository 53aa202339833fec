package oracle

// destination is what a call is to its caller's bill.
type destination int

const (
	toService destination = iota
	toUnknown
	toAbroad
	toArea
	toCountry
)

// destination is the first class that fits l. Every originating leg has one.
func (l *leg) destination() destination {
	var from, to place
	if l.calling != nil {
		from = l.calling.place
	}
	if l.called != nil {
		to = l.called.place
	}
	switch {
	case to.class == shortCode || to.class == tollFree:
		return toService
	case from.country == "" || to.country == "":
		return toUnknown
	case from.toll() != to.toll():
		return toAbroad
	case from.area != "" && from.area == to.area:
		return toArea
	}
	return toCountry
}

// calledOn tells legs whose called number is in list.
func calledOn(list map[string]bool) func(*leg) bool {
	return func(l *leg) bool { return l.called != nil && list[l.called.key] }
}

func toPremium(l *leg) bool { return l.called != nil && l.called.class == premium }

func destinations(c Config) []feature {
	count := func(d destination) func(*view) any {
		return func(v *view) any { return v.out.count(func(l *leg) bool { return l.destination() == d }) }
	}
	abroad := func(l *leg) bool { return l.destination() == toAbroad }
	outside := func(l *leg) bool { return l.destination() != toService }
	numbers := newNumbers(c)
	hot, care := numbers.set(c.Hotlist), numbers.set(c.Care)
	homes := prefixes(c.HomeNumbers)
	return []feature{
		{name: "calls_out_service", value: count(toService)},
		{name: "calls_out_unknown", value: count(toUnknown)},
		{name: "calls_out_international", value: count(toAbroad)},
		{name: "calls_out_local", value: count(toArea)},
		{name: "calls_out_national", value: count(toCountry)},
		{name: "international_ratio", value: func(v *view) any { return ratio(v.out.count(abroad), len(v.out)) }},
		{name: "international_seconds", value: func(v *view) any { return seconds(v.talkingOut.where(abroad).sum(talkMS)) }},
		{name: "calls_out_premium", value: func(v *view) any { return v.out.count(toPremium) }},
		{name: "premium_seconds", value: func(v *view) any { return seconds(v.talkingOut.where(toPremium).sum(talkMS)) }},
		{name: "hotlist_calls", value: func(v *view) any { return v.out.count(calledOn(hot)) }},
		{name: "care_calls", value: func(v *view) any { return v.out.count(calledOn(care)) }},
		{name: "onnet_ratio", value: func(v *view) any {
			if len(homes) == 0 {
				return nil
			}
			base := v.out.where(outside)
			return ratio(base.count(func(l *leg) bool { return l.called != nil && l.called.e164 && hasPrefix(l.called.key, homes) }), len(base))
		}},
	}
}

func contacts() []feature {
	return []feature{
		{name: "contacts", value: func(v *view) any { return v.peers(v.voice, v.messages) }},
		{name: "contacts_out", value: func(v *view) any { return v.peers(v.out) }},
		{name: "contacts_in", value: func(v *view) any { return v.peers(v.in) }},
		{name: "contacts_mutual", value: func(v *view) any {
			called := map[string]bool{}
			for _, l := range v.out {
				called[v.peer(l)] = true
			}
			return v.in.distinct(func(l *leg) string {
				if !called[v.peer(l)] {
					return ""
				}
				return v.peer(l)
			})
		}},
		{name: "sms_contacts_out", value: func(v *view) any { return v.peers(v.messages.where(outgoing)) }},
		{name: "calls_per_contact", value: func(v *view) any { return ratio(len(v.out), v.peers(v.out)) }},
		{name: "area_codes_called", value: func(v *view) any {
			return v.out.distinct(func(l *leg) string {
				if l.called == nil {
					return ""
				}
				return l.called.area
			})
		}},
		{name: "countries_called", value: func(v *view) any {
			return v.out.distinct(func(l *leg) string {
				if l.called == nil {
					return ""
				}
				return l.called.country
			})
		}},
		{name: "different_area_ratio", value: func(v *view) any {
			both := v.voice.where(func(l *leg) bool {
				return l.calling != nil && l.called != nil && l.calling.area != "" && l.called.area != ""
			})
			return ratio(both.count(func(l *leg) bool { return l.calling.area != l.called.area }), len(both))
		}},
	}
}

// peer is the contact that l shows, "" if none or if it had been dropped by the
// boundary.
func (v *view) peer(l *leg) string {
	if l.forgotten < v.peersAsKnown {
		return ""
	}
	return l.peer
}

// peers counts the distinct contacts of all sets together.
func (v *view) peers(sets ...set) int64 {
	var all set
	for _, s := range sets {
		all = append(all, s...)
	}
	return all.distinct(v.peer)
}
