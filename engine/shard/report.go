package shard

import (
	"slices"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// report writes an alert about the subscriber of x.
func (j *judge) report(x suspect, rule int, rep alert.Report, d *dossier) (err error) {
	s, r := j.shard, j.set.Rules[rule]
	who := s.people.at(x.slot)
	if j.text, err = s.text(j.text[:0], who.key); err != nil {
		return err
	}
	subscriber := string(j.text)
	j.see(x, &j.telling[rule])
	id := alert.NewID(r.ID, r.Version, subscriber, x.t)
	first := id
	if d != nil && d.open > 0 {
		first = d.first
	}
	a := alert.Alert{
		ID: id, Case: alert.CaseOf(subscriber, first),
		Rule: r.ID, Type: r.Type, Severity: rep.Severity, State: rep.State,
		Subscriber: subscriber, Home: who.marks&home != 0,
		EventTime: x.t, WindowEnd: x.t, DetectedAt: cdr.Millis(time.Now().UnixMilli()),
		Evidence: j.evidence(r.Named), RecordIDs: j.records(x),
		Ruleset: j.set.Hash, Version: r.Version, Labels: r.Labels,
		Summary: r.Summary(subscriber, &j.vector),
	}
	a.AtRisk, a.AtRiskUnit = j.set.AtRisk(&j.vector)
	j.alerts = append(j.alerts, a)
	return nil
}

// evidence is the values of some columns.
func (j *judge) evidence(columns []int) []alert.Evidence {
	out := make([]alert.Evidence, len(columns))
	for i, c := range columns {
		f := &j.shard.Plan.Rules.Schema.Fields[c]
		out[i] = alert.Evidence{Name: f.Name, Kind: kindOf(f.Type), Value: j.vector.Values[c]}
		if j.vector.Null[c] {
			out[i].Kind = alert.Null
		}
	}
	return out
}

func kindOf(t feature.Type) alert.Kind {
	switch t {
	case feature.Int64:
		return alert.Int
	case feature.Bool:
		return alert.Bool
	}
	return alert.Float
}

// records lists the records of the second that x is about, as far as they have
// IDs, in the order of event time.
func (j *judge) records(x suspect) (ids []string) {
	if x.leg < 0 {
		return nil
	}
	q := &j.shard.queues
	from, me := int(x.leg), q.subject(j.legs[x.leg])
	for from > 0 && q.row(j.legs[from-1]).Release >= secondOf(x.t) {
		from--
	}
	for i := from; i <= int(x.leg) && len(ids) < alert.MaxRecordIDs; i++ {
		if q.subject(j.legs[i]) != me {
			continue
		}
		if id := string(q.id(j.legs[i])); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// handOver gives away the alerts so far. All with an event time up to t are among
// them or were before.
func (s *Shard) handOver(t cdr.Millis) error {
	if s.judge == nil {
		return nil
	}
	err := s.Alert(s.Number, s.judge.alerts, t)
	clear(s.judge.alerts)
	s.judge.alerts = s.judge.alerts[:0]
	return err
}
