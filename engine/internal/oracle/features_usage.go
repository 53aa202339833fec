package oracle

func places(Config) []feature {
	roaming := func(l *leg) bool { return l.served && l.roams }
	return []feature{
		{name: "roaming_calls", value: func(v *view) any { return v.voice.count(roaming) }},
		{name: "roaming_ratio", value: func(v *view) any { return ratio(v.voice.count(roaming), len(v.voice)) }},
		{name: "roaming_seconds", value: func(v *view) any { return seconds(v.talking.where(roaming).sum(talkMS)) }},
		{name: "roaming_bytes", value: func(v *view) any { return v.data.where(roaming).sum(bothBytes) }},
		{name: "visited_countries", value: func(v *view) any {
			return v.servedOwn.where(roaming).distinct(func(l *leg) string { return l.visited[:3] })
		}},
		{name: "cells", value: func(v *view) any { return v.served.distinct(func(l *leg) string { return l.cell }) }},
		{name: "regions", value: func(v *view) any { return v.servedOwn.distinct(func(l *leg) string { return region(l.cell) }) }},
		{name: "imeis", value: func(v *view) any { return v.served.distinct(func(l *leg) string { return device(l.imei) }) }},
		{name: "imsis", value: func(v *view) any { return v.servedOwn.distinct(func(l *leg) string { return l.imsi }) }},
	}
}

func volume() []feature {
	delivered := func(l *leg) bool { return l.outcome != "failed" }
	over := func(rat string) func(*view) any {
		return func(v *view) any { return v.data.where(func(l *leg) bool { return l.rat == rat }).sum(bothBytes) }
	}
	return []feature{
		{name: "sms_out", value: func(v *view) any { return v.messages.where(outgoing).count(delivered) }},
		{name: "sms_in", value: func(v *view) any { return v.messages.where(incoming).count(delivered) }},
		{name: "data_sessions", value: func(v *view) any { return v.data.count(func(l *leg) bool { return !l.slice() }) }},
		{name: "data_bytes", value: func(v *view) any { return v.data.sum(bothBytes) }},
		{name: "data_bytes_up", value: func(v *view) any { return v.data.sum(upBytes) }},
		{name: "data_bytes_down", value: func(v *view) any { return v.data.sum(downBytes) }},
		{name: "data_bytes_4g", value: over("4g")},
		{name: "data_bytes_5g", value: over("5g")},
	}
}

func money(c Config) []feature {
	return []feature{
		{name: "charge", value: func(v *view) any { return float64(v.served.sum(chargeMicros)) / 1e6 }},
		{name: "high_value_calls", value: func(v *view) any {
			return v.out.count(func(l *leg) bool { return l.served && l.charge >= c.HighValueMicros })
		}},
	}
}

func trouble(c Config) []feature {
	voicemail := calledOn(newNumbers(c).set(c.Voicemail))
	elsewhere := func(l *leg) bool { return !voicemail(l) }
	abroad := func(l *leg) bool {
		if l.calling == nil || l.called == nil {
			return false
		}
		from, to := l.calling.toll(), l.called.toll()
		return from != "" && to != "" && from != to
	}
	return []feature{
		{name: "forwarded_calls", value: func(v *view) any { return v.forwarded.count(elsewhere) }},
		{name: "forwarded_international_calls", value: func(v *view) any { return v.forwarded.where(elsewhere).count(abroad) }},
		{name: "overlapping_calls", value: func(v *view) any { return v.voice.count(func(l *leg) bool { return l.overlaps }) }},
		{name: "dropped_calls", value: func(v *view) any {
			return v.answered.count(func(l *leg) bool { return contains(c.DropCauses, int(l.cause)) })
		}},
	}
}
