package oracle

// feature is one column per window.
type feature struct {
	name  string
	value func(*view) any
	has   func(window) bool
}

func every(window) bool    { return true }
func inDays(w window) bool { return w.days > 0 }
func perDay(w window) bool { return w.days == 7 || w.days == 30 }

// features is the catalogue under c.
func features(c Config) []feature {
	var all []feature
	for _, family := range [][]feature{calls(), outcomes(), talk(), rhythm(), destinations(c), contacts(), places(c), volume(), money(c), trouble(c)} {
		for _, f := range family {
			if f.has == nil {
				f.has = every
			}
			all = append(all, f)
		}
	}
	return all
}

// n counts what pick returns.
func n(pick func(*view) set) func(*view) any {
	return func(v *view) any { return int64(len(pick(v))) }
}

func calls() []feature {
	return []feature{
		{name: "calls", value: n(func(v *view) set { return v.voice })},
		{name: "calls_out", value: n(func(v *view) set { return v.out })},
		{name: "calls_in", value: n(func(v *view) set { return v.in })},
		{name: "calls_out_per_day", has: perDay, value: func(v *view) any { return ratio(len(v.out), v.w.days) }},
		{name: "calls_in_per_day", has: perDay, value: func(v *view) any { return ratio(len(v.in), v.w.days) }},
		{name: "out_ratio", value: func(v *view) any { return ratio(len(v.out), len(v.voice)) }},
	}
}

func outcomes() []feature {
	count := func(pick func(*view) set, outcome string) func(*view) any {
		return func(v *view) any { return pick(v).count(ended(outcome)) }
	}
	share := func(pick func(*view) set, outcome string) func(*view) any {
		return func(v *view) any { return ratio(pick(v).count(ended(outcome)), len(pick(v))) }
	}
	voice, out := func(v *view) set { return v.voice }, func(v *view) set { return v.out }
	known, knownOut := func(v *view) set { return v.known }, func(v *view) set { return v.knownOut }
	return []feature{
		{name: "answered_calls", value: count(voice, "answered")},
		{name: "no_answer_calls", value: count(voice, "no_answer")},
		{name: "busy_calls", value: count(voice, "busy")},
		{name: "failed_calls", value: count(voice, "failed")},
		{name: "answered_calls_out", value: count(out, "answered")},
		{name: "no_answer_calls_out", value: count(out, "no_answer")},
		{name: "no_answer_ratio", value: share(known, "no_answer")},
		{name: "no_answer_ratio_out", value: share(knownOut, "no_answer")},
		{name: "answer_ratio", value: share(known, "answered")},
		{name: "answer_seizure_ratio", value: share(knownOut, "answered")},
	}
}

func talk() []feature {
	minutes := func(l *leg) int64 { return (l.talk + 59_999) / 60_000 }
	return []feature{
		{name: "talk_seconds", value: func(v *view) any { return seconds(v.talking.sum(talkMS)) }},
		{name: "talk_seconds_out", value: func(v *view) any { return seconds(v.talkingOut.sum(talkMS)) }},
		{name: "talk_seconds_in", value: func(v *view) any { return seconds(v.talking.where(incoming).sum(talkMS)) }},
		{name: "call_duration_mean", value: func(v *view) any { return ratio(seconds(v.talking.sum(talkMS)), len(v.answered)) }},
		{name: "call_duration_std", value: func(v *view) any { return v.answered.deviation(talkMS) }},
		{name: "call_duration_max", value: func(v *view) any {
			if len(v.answered) == 0 {
				return nil
			}
			most := int64(0)
			for _, l := range v.answered {
				most = max(most, l.talk)
			}
			return seconds(most)
		}},
		{name: "billed_minutes", value: func(v *view) any { return v.talkingOut.sum(minutes) }},
		{name: "ring_seconds_mean", value: func(v *view) any {
			rung := v.voice.where(func(l *leg) bool { return l.ring >= 0 })
			return ratio(seconds(rung.sum(ringMS)), len(rung))
		}},
		{name: "short_call_ratio", value: func(v *view) any {
			return ratio(v.answeredOut.count(func(l *leg) bool { return l.talk <= 6_000 }), len(v.answeredOut))
		}},
		{name: "under_minute_ratio", value: func(v *view) any {
			return ratio(v.answeredOut.count(func(l *leg) bool { return l.talk < 60_000 }), len(v.answeredOut))
		}},
	}
}

func rhythm() []feature {
	share := func(keep func(*view, *leg) bool) func(*view) any {
		return func(v *view) any {
			return ratio(v.voice.count(func(l *leg) bool { return keep(v, l) }), len(v.voice))
		}
	}
	hours := func(from, to int) func(*view) any {
		return func(v *view) any {
			return v.voice.count(func(l *leg) bool { return l.clock.Hour() >= from && l.clock.Hour() <= to })
		}
	}
	daysWith := func(pick func(*view) set) func(*view) any {
		return func(v *view) any {
			seen := map[int]bool{}
			for _, l := range pick(v) {
				seen[v.days.of(l.at)] = true
			}
			return int64(len(seen))
		}
	}
	gaps := func(v *view) set { return v.legs.where(func(l *leg) bool { return l.gap >= 0 }) }
	return []feature{
		{name: "weekday_ratio", value: share((*view).onWeekday)},
		{name: "daytime_ratio", value: share(func(_ *view, l *leg) bool { return l.clock.Hour() >= 9 && l.clock.Hour() < 17 })},
		{name: "nocturnal_ratio", value: share(func(_ *view, l *leg) bool { return l.clock.Hour() < 7 || l.clock.Hour() >= 19 })},
		{name: "calls_night", value: hours(0, 5)},
		{name: "calls_morning", value: hours(6, 11)},
		{name: "calls_afternoon", value: hours(12, 17)},
		{name: "calls_evening", value: hours(18, 23)},
		{name: "active_days", has: inDays, value: daysWith(func(v *view) set { return v.legs })},
		{name: "voice_days", has: inDays, value: daysWith(func(v *view) set { return v.voice })},
		{name: "data_days", has: inDays, value: daysWith(func(v *view) set { return v.data.where(func(l *leg) bool { return !l.slice() }) })},
		{name: "interval_mean_seconds", value: func(v *view) any { return ratio(seconds(gaps(v).sum(gapMS)), len(gaps(v))) }},
		{name: "interval_std_seconds", value: func(v *view) any { return gaps(v).deviation(gapMS) }},
	}
}

// onWeekday tells a leg that started on a working day.
func (v *view) onWeekday(l *leg) bool {
	return contains(v.weekdays, l.clock.Weekday()) && !contains(v.holidays, l.clock.Format("2006-01-02"))
}
