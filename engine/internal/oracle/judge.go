package oracle

import (
	"bytes"
	"sort"
	"time"
)

// judge reads all files and returns the accepted records by event time, then
// identity. Each record is judged alone: rejected, filtered, late against the
// mark of its own file, duplicate of one that stands earlier.
func judge(c Config, files []File, res *Result) ([]*record, error) {
	r := &reader{c: c, numbers: newNumbers(c), now: time.Now()}
	var kept []*record
	var seen []File
	for i, f := range files {
		if twin(f, seen) {
			res.DuplicateFiles = append(res.DuplicateFiles, f.Name)
			continue
		}
		seen = append(seen, f)
		records, err := r.file(i, f, res)
		if err != nil {
			return nil, err
		}
		kept = append(kept, records...)
	}
	kept = unique(kept, files, res)
	for _, ledger := range res.Sources {
		for name, n := range ledger {
			res.Ledger[name] += n
		}
	}
	return kept, nil
}

// twin tells whether a file of the same content was read.
func twin(f File, seen []File) bool {
	for _, s := range seen {
		if s.JSON == f.JSON && bytes.Equal(s.Data, f.Data) {
			return true
		}
	}
	return false
}

// file returns the records of one file that are neither rejected, filtered nor
// late.
func (r *reader) file(index int, f File, res *Result) ([]*record, error) {
	ls, err := lines(f, r.c.MaxRecord)
	if err != nil {
		return nil, err
	}
	ledger := newLedger()
	res.Sources[f.Name] = ledger
	var kept []*record
	var mark int64 // highest event time of kept
	for _, l := range ls {
		ledger[read]++
		rec, wrong := r.record(l)
		switch {
		case wrong != "":
			ledger[rejected]++
			res.Rejects = append(res.Rejects, Reject{f.Name, l.number, wrong})
			continue
		case !rec.originates && !rec.receives:
			ledger[filtered]++
			continue
		}
		if len(kept) > 0 {
			res.Disorder[f.Name] = max(res.Disorder[f.Name], time.Duration(mark-rec.at)*time.Millisecond)
			if rec.at < mark-r.c.Lateness.Milliseconds() {
				ledger[late]++
				res.Late = append(res.Late, Reject{f.Name, l.number, late})
				continue
			}
		}
		if len(kept) == 0 || rec.at > mark {
			mark = rec.at
		}
		rec.file = index
		kept = append(kept, rec)
	}
	return kept, nil
}

// unique sorts records and drops all but the first read of those that share
// identity and event time.
func unique(records []*record, files []File, res *Result) []*record {
	sort.SliceStable(records, func(i, j int) bool {
		a, b := records[i], records[j]
		if a.at != b.at {
			return a.at < b.at
		}
		return a.id < b.id
	})
	var kept []*record
	for _, rec := range records {
		ledger := res.Sources[files[rec.file].Name]
		if n := len(kept); n > 0 && kept[n-1].at == rec.at && kept[n-1].id == rec.id {
			ledger[duplicate]++
			if kept[n-1].raw != rec.raw {
				res.Contested++
			}
			continue
		}
		ledger[accepted]++
		kept = append(kept, rec)
	}
	return kept
}
