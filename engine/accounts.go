package engine

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/source"
)

// accounts are kept by the order; others may look.
type accounts struct {
	mu  sync.Mutex
	all []*account // of each input
}

// account is that of an input.
type account struct {
	hygiene.Account
	parts map[string]*hygiene.Account // its files that have not ended
	book  *hygiene.Book               // nil: the input has an end
}

func newAccounts(inputs []Input) (all []*account) {
	for i := range inputs {
		of := &account{parts: map[string]*hygiene.Account{}}
		of.Name = inputs[i].Name
		if inputs[i].Live != nil || inputs[i].Retired {
			of.book = new(hygiene.Book)
		}
		all = append(all, of)
	}
	return all
}

// count takes a chunk into the accounts.
func (a *accounts) count(c *chunk) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, of := c.format(), a.all[c.input.number]
	if p := of.part(c); p != nil {
		p.Begin(f.Decoder, f.Layout)
		p.Count(f.Decoder, &c.tally, len(c.block.Oversize))
		c.tally.Claims = decode.Claims{} // they are of the file
		of.Format = cmp.Or(of.Format, p.Format)
	}
	of.Begin(f.Decoder, f.Layout)
	of.Count(f.Decoder, &c.tally, len(c.block.Oversize))
}

// part is the account of the file that c is of, nil if its input is not made of files.
func (of *account) part(c *chunk) *hygiene.Account {
	if _, parted := c.input.Live.(source.Parted); !parted || c.block.Name == "" {
		return nil
	}
	return of.named(c.block.Name)
}

func (of *account) named(name string) *hygiene.Account {
	p := of.parts[name]
	if p == nil {
		p = &hygiene.Account{Name: name}
		of.parts[name] = p
	}
	return p
}

// late counts a late record of c.
func (a *accounts) late(c *chunk) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.all[c.input.number].part(c); p != nil {
		p.Ledger.Late++
	}
}

// end closes the accounts of files that have ended, and returns them for the register.
func (a *accounts) end(e *Engine, number int, ended []source.Part) (files []hygiene.File) {
	a.mu.Lock()
	defer a.mu.Unlock()
	of := a.all[number]
	for _, p := range ended {
		f := hygiene.File{Status: statusOf(p), Size: -1, Evidence: p.Evidence}
		own := of.named(p.Name)
		if x, ok := p.Layout.(Format); ok {
			own.Begin(x.Decoder, x.Layout)
		}
		delete(of.parts, p.Name)
		f.Account = *own
		if p.Reason == "" {
			f.Warnings = of.book.Close(own, e.config.Silence)
		}
		if own.Claims.Has&decode.ClaimLost != 0 {
			of.Claims.Has |= decode.ClaimLost
			of.Claims.Lost += own.Claims.Lost
		}
		files = append(files, f)
	}
	return files
}

func statusOf(p source.Part) hygiene.Status {
	switch {
	case p.Reason != "":
		return hygiene.Quarantined
	case p.Evidence == "" && p.Layout == nil:
		return hygiene.Empty
	case p.Again:
		return hygiene.Continued
	}
	return hygiene.Read
}

// states are the accounts as a checkpoint keeps them.
func (a *accounts) states() (all []checkpoint.SourceState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, of := range a.all {
		own := of.Clone()
		own.Name, own.Ledger = "", hygiene.Ledger{}
		s := checkpoint.SourceState{Account: &own}
		for _, name := range slices.Sorted(maps.Keys(of.parts)) {
			p := of.parts[name].Clone()
			p.Name = quoted(name)
			s.Parts = append(s.Parts, p)
		}
		if of.book != nil {
			s.Book = of.book.Clone()
		}
		all = append(all, s)
	}
	return all
}

// restore takes up the account that a checkpoint has kept.
func (of *account) restore(s *checkpoint.SourceState) {
	l := s.Ledger
	if s.Account != nil {
		name := of.Name
		of.Account = s.Account.Clone()
		of.Name = name
	} else {
		of.Partial = l.Read > 0
	}
	of.Ledger = Ledger{Read: l.Read, Rejected: l.Rejected, Filtered: l.Filtered}
	for i := range s.Parts {
		p := s.Parts[i].Clone()
		p.Name = unquoted(p.Name)
		of.parts[p.Name] = &p
	}
	if s.Book != nil && of.book != nil {
		of.book = s.Book.Clone()
	}
}

// quoted is a name for JSON, which has no bytes that are not UTF-8: as it is, or quoted
// as Go has it.
func quoted(name string) string {
	if utf8.ValidString(name) && !strings.HasPrefix(name, `"`) {
		return name
	}
	return strconv.Quote(name)
}

func unquoted(text string) string {
	if name, err := strconv.Unquote(text); err == nil && strings.HasPrefix(text, `"`) {
		return name
	}
	return text
}

// closed are the accounts of all inputs as ledgers has them.
func (a *accounts) closed(ledgers []SourceSummary) (all []hygiene.Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, of := range a.all {
		c := of.Clone()
		c.Ledger = ledgers[i].Ledger
		c.Notes[decode.OpenCall] = ledgers[i].OpenCalls
		all = append(all, c)
	}
	return all
}

// report is what the accounts tell of the job.
func (e *Engine) report(ledgers []SourceSummary) *hygiene.Report {
	all := e.accounts.closed(ledgers)
	if !e.live() {
		r, _ := hygiene.OfFiles(all, e.config.Silence)
		return r
	}
	e.accounts.mu.Lock()
	defer e.accounts.mu.Unlock()
	var books []*hygiene.Book
	for _, of := range e.accounts.all {
		books = append(books, of.book)
	}
	return hygiene.OfStreams(all, books)
}
