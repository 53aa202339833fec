package oracle

import (
	"sort"
	"time"
)

// Run replays files under c and returns every row, every alert and the ledger. It
// fails on a configuration, a rule or a CSV header that cannot be read, never on a
// record.
func Run(c Config, files []File) (*Result, error) {
	c = c.withDefaults()
	windows, err := c.windows()
	if err != nil {
		return nil, err
	}
	res := &Result{Ledger: newLedger(), Sources: map[string]map[string]int64{}, Disorder: map[string]time.Duration{}}
	records, err := judge(c, files, res)
	if err != nil || len(records) == 0 {
		return res, err
	}
	e := &emission{c: c, windows: windows, days: newDays(c.Zone), features: features(c), first: records[0].at}
	e.columns = columnNames(windows, e.features)
	last := records[len(records)-1].at
	res.First, res.Last = time.UnixMilli(e.first).UTC(), time.UnixMilli(last).UTC()
	bounds, err := boundaries(c.EmitEvery, e.first, last, e.days)
	if err != nil {
		return nil, err
	}
	subscribers := legs(c, records)
	res.Subscribers = len(subscribers)
	if res.Alerts, err = e.alerts(subscribers, bounds); err != nil || c.NoRows {
		return res, err
	}
	take := func(r Row) { res.Rows = append(res.Rows, r) }
	if c.Each != nil {
		take = c.Each
	}
	previous := int64(-1 << 62)
	for _, t := range bounds {
		for _, s := range subscribers {
			if r, ok := e.row(s, previous, t); ok {
				take(r)
			}
		}
		previous = t
	}
	return res, nil
}

// emission is what all rows of a run share.
type emission struct {
	c        Config
	windows  []window
	days     *days
	features []feature
	columns  [][]string // name of each window's column of each feature
	first    int64      // the first event folded
}

// columnNames names what each window has of each feature.
func columnNames(windows []window, features []feature) [][]string {
	all := make([][]string, len(windows))
	for i, w := range windows {
		for _, f := range features {
			all[i] = append(all[i], f.name+"_"+w.name)
		}
	}
	return all
}

// row is the row of s at the boundary t, if s has one.
func (e *emission) row(s subscriber, previous, t int64) (Row, bool) {
	legs := s.at(t)
	if len(legs) == 0 {
		return Row{}, false
	}
	last := legs[len(legs)-1]
	inState := t-last.at <= e.c.retain()
	active := last.at >= previous
	if !active && (!e.c.EmitAll || !inState) || e.c.Outsiders == "rules" && !last.home {
		return Row{}, false
	}
	r := Row{Subscriber: s.key, WindowEnd: time.UnixMilli(t).UTC(), Values: make(map[string]any, len(e.windows)*len(e.features)+16)}
	e.recency(r.Values, legs, t)
	trend := map[string]*view{}
	approx := false
	for i, w := range e.windows {
		v := newView(e, w, legs, t)
		approx = approx || v.approx
		trend[w.name] = v
		for k, f := range e.features {
			if f.has(w) {
				r.Values[e.columns[i][k]] = f.value(v)
			}
		}
	}
	r.Values["approx"] = approx
	trends(r.Values, trend["7d"], trend["30d"])
	return r, true
}

// at is the life of s as known at t: the legs before t, back to where state
// began; nil if there is none.
func (s subscriber) at(t int64) life {
	for i := len(s.lives) - 1; i >= 0; i-- {
		legs := s.lives[i]
		if n := sort.Search(len(legs), func(k int) bool { return legs[k].at >= t }); n > 0 {
			return legs[:n]
		}
	}
	return nil
}

// recency sets the features that have no window.
func (e *emission) recency(values map[string]any, legs life, t int64) {
	today := e.days.of(t - 1)
	since := func(at int64) any { return int64(today - e.days.of(at)) }
	values["home"] = legs[len(legs)-1].home
	values["observed_days"] = since(e.first)
	values["tenure_days"] = since(legs[0].at)
	values["days_since_activity"] = since(legs[len(legs)-1].at)
	values["days_since_outgoing"] = nil
	values["days_since_imsi_change"] = nil
	for _, l := range legs {
		if l.out {
			values["days_since_outgoing"] = since(l.at)
		}
		if l.newIMSI {
			values["days_since_imsi_change"] = since(l.at)
		}
	}
}

// trends sets the last week over the three weeks before, per day.
func trends(values map[string]any, week, month *view) {
	if week == nil || month == nil {
		return
	}
	for _, x := range []struct {
		name string
		of   func(*view) float64
	}{
		{"calls_trend", func(v *view) float64 { return float64(len(v.voice)) }},
		{"calls_out_trend", func(v *view) float64 { return float64(len(v.out)) }},
		{"talk_seconds_trend", func(v *view) float64 { return seconds(v.talking.sum(talkMS)) }},
		{"data_bytes_trend", func(v *view) float64 { return float64(v.data.sum(bothBytes)) }},
		{"charge_trend", func(v *view) float64 { return float64(v.served.sum(chargeMicros)) / 1e6 }},
	} {
		w, m := x.of(week), x.of(month)
		values[x.name] = nil
		if values["tenure_days"].(int64) >= 30 && m-w > 0 {
			values[x.name] = (w / 7) / ((m - w) / 23)
		}
	}
}
