package hygiene

import (
	"cmp"
	"slices"
	"time"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// Report is the section of the summary.
type Report struct {
	Notes        map[string]int64 `json:"notes"` // all of them, by name
	Types        map[string]int64 `json:"types"` // records by type, of the formats that have any
	Totals       Totals           `json:"totals"`
	LostRecords  int64            `json:"lost_records"`  // that switches say they could not write, at least
	MissingFiles int64            `json:"missing_files"` // by their sequence numbers
	Counts       map[Code]int64   `json:"warning_counts"`
	Warnings     []Warning        `json:"warnings"` // no more than MaxWarnings
}

// Totals are control totals for people.
type Totals struct {
	Voice       int64   `json:"voice"` // records of the services
	SMS         int64   `json:"sms"`
	MMS         int64   `json:"mms"`
	Data        int64   `json:"data"`
	TalkSeconds float64 `json:"talk_seconds"` // of answered voice records
	Charge      float64 `json:"charge"`
}

// totals words t.
func totals(t *decode.Totals) Totals {
	return Totals{
		Voice: t.Records[0], SMS: t.Records[1], MMS: t.Records[2], Data: t.Records[3],
		TalkSeconds: float64(t.TalkMS) / 1e3, Charge: float64(t.Charge) / 1e6,
	}
}

// newReport sums up accounts.
func newReport(accounts []Account) *Report {
	r := &Report{Types: map[string]int64{}, Counts: map[Code]int64{}, Warnings: []Warning{}}
	var notes Notes
	var sums decode.Totals
	for i := range accounts {
		a := &accounts[i]
		notes.add(&a.Notes)
		sums.Add(&a.Totals)
		for name, n := range a.Types {
			r.Types[name] += n
		}
		r.LostRecords += a.Claims.Lost
	}
	r.Notes, r.Totals = notes.ByName(true), totals(&sums)
	return r
}

func (r *Report) warn(all []Warning) {
	for _, w := range all {
		r.Counts[w.Code]++
		if len(r.Warnings) < MaxWarnings {
			r.Warnings = append(r.Warnings, w)
		}
	}
}

// OfFiles judges files that are all there: the order in which they were read does not
// matter. warnings are those of each file.
func OfFiles(accounts []Account, silence time.Duration) (r *Report, warnings [][]Warning) {
	r, warnings = newReport(accounts), make([][]Warning, len(accounts))
	order := make([]int, len(accounts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return before(&accounts[i], &accounts[j]) })
	var b Book
	for _, i := range order {
		warnings[i] = b.check(&accounts[i], silence)
	}
	b.settle(accounts, order, warnings)
	for _, i := range order {
		r.warn(warnings[i])
	}
	r.MissingFiles = b.Missing()
	return r, warnings
}

// before is the order in which files were written: by event time, by number, by name.
func before(a, b *Account) int {
	return cmp.Or(cmp.Compare(a.Totals.First, b.Totals.First), cmp.Compare(a.Claims.Sequence, b.Claims.Sequence), cmp.Compare(a.Name, b.Name))
}

// settle leaves of the gaps only those that no file has filled.
func (b *Book) settle(accounts []Account, order []int, warnings [][]Warning) {
	left := map[string][]Run{}
	for name, t := range b.Switches {
		left[name] = t.Series.Holes()
	}
	for _, i := range order {
		warnings[i] = slices.DeleteFunc(warnings[i], func(w Warning) bool { return w.Code == SequenceGap })
		a := &accounts[i]
		if a.Claims.Has&decode.ClaimSequence == 0 {
			continue
		}
		name := Switch(a)
		for j, hole := range left[name] {
			if hole.Last+1 == a.Claims.Sequence {
				warnings[i] = append(warnings[i], gap(a.Name, hole))
				left[name] = slices.Delete(slices.Clone(left[name]), j, j+1)
				break
			}
		}
	}
}

// OfStreams is the report of a live job: of its sources, and of what their books say.
func OfStreams(accounts []Account, books []*Book) *Report {
	r := newReport(accounts)
	var recent []Warning
	for _, b := range books {
		for c, n := range b.Warnings {
			r.Counts[c] += n
		}
		recent = append(recent, b.Recent...)
		r.MissingFiles += b.Missing()
	}
	r.Warnings = append(r.Warnings, recent[max(0, len(recent)-MaxWarnings):]...)
	return r
}
