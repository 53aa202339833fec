package oracle

// snapshot is what is known of one subscriber at one instant: any feature, by
// the name of its column.
type snapshot struct {
	e     *emission
	legs  life // before t
	t     int64
	fixed map[string]any // features without a window, once asked for
	views map[string]*view
}

// column is where a feature comes from.
type column struct {
	window  window
	feature *feature // nil: it has no window
}

// fixedNames are the features without a window of their own, but for trends.
var fixedNames = []string{"home", "observed_days", "tenure_days", "days_since_activity", "days_since_outgoing", "days_since_imsi_change"}

var trendNames = []string{"calls_trend", "calls_out_trend", "talk_seconds_trend", "data_bytes_trend", "charge_trend"}

// column finds a feature that a rule may name.
func (e *emission) column(name string) (column, bool) {
	for i, w := range e.windows {
		for k := range e.features {
			if e.columns[i][k] == name {
				return column{w, &e.features[k]}, e.features[k].has(w)
			}
		}
	}
	trends := false
	for _, w := range e.windows {
		for _, x := range e.windows {
			trends = trends || w.days == 7 && x.days == 30
		}
	}
	return column{}, contains(fixedNames, name) || trends && contains(trendNames, name)
}

func (e *emission) snapshot(legs life, t int64) *snapshot {
	return &snapshot{e: e, legs: legs, t: t, views: map[string]*view{}}
}

func (s *snapshot) home() bool { return s.legs[len(s.legs)-1].home }

// value is a feature as it would stand in a row: int64, float64, bool or nil.
func (s *snapshot) value(name string) any {
	c, ok := s.e.column(name)
	switch {
	case !ok:
		panic("no feature " + name)
	case c.feature != nil:
		return c.feature.value(s.view(c.window))
	case s.fixed == nil:
		s.fixed = map[string]any{}
		s.e.recency(s.fixed, s.legs, s.t)
	}
	if _, known := s.fixed[name]; !known {
		var week, month *view
		for _, w := range s.e.windows {
			switch w.days {
			case 7:
				week = s.view(w)
			case 30:
				month = s.view(w)
			}
		}
		trends(s.fixed, week, month)
	}
	return s.fixed[name]
}

// operand is a feature as expressions see it: float64, bool or nil.
func (s *snapshot) operand(name string) any {
	v := s.value(name)
	if n, ok := v.(int64); ok {
		return float64(n)
	}
	return v
}

func (s *snapshot) view(w window) *view {
	if s.views[w.name] == nil {
		s.views[w.name] = newView(s.e, w, s.legs, s.t)
	}
	return s.views[w.name]
}
