package traffic

// playSuddenChurn: a customer who leaves from one day to the next: another
// network's card is in the phone. In one case of four the card stays in some
// drawer, in a phone that is on: friends still call, nobody answers, ever fewer.
func playSuddenChurn(k *casting, a *actor) {
	last := k.config.Days - 33
	first := min(last, k.config.Days/3)
	from := k.day(int(k.r.between(int64(first), int64(last)))) + k.r.between(7, 23)*msHour
	a.quiet(from, always.to)
	a.truth.To = k.run.to - 1
	a.watch.what = theLast
	if k.chance(250) {
		m := &manner{shares: []uint16{0, 900, 0, 100}}
		for week, weekly := int64(0), k.r.between(5, 14); weekly > 0; week, weekly = week+1, weekly*2/3 {
			at := from + (7*week+1)*msDay
			a.acts = append(a.acts, act{span: span{at, at + 7*msDay}, daily: uint64(weekly) * 1000 / 7, hours: &wakingHours, weekend: 100, do: callFromFriends(6, m)})
		}
	}
}

// playDecline: a customer who drifts away over three or four weeks, because
// another card or another network gets ever more of the calls. Little or nothing
// is left at the end.
func playDecline(k *casting, a *actor) {
	days := k.config.Days
	begin := int(k.r.between(int64(days*22/60), int64(days*30/60)))
	length := min(int(k.r.between(21, 28)), days-2-begin)
	rest := k.r.below(120)
	from, to := k.day(begin), k.day(begin+length)
	a.hushed = append(a.hushed,
		hush{span: span{from, to}, keepFrom: 1000, keepTo: rest, out: true, in: true},
		hush{span: span{to, always.to}, keepFrom: rest, keepTo: rest, out: true, in: true})
	a.truth.To = to
	a.watch = watch{what: theDecline, from: from}
}
