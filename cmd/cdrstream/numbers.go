package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// numbers makes the number plan.
func (b *builder) numbers() (err error) {
	var o numbering.Options
	for _, l := range []struct {
		key  string
		from config.List
		to   *[]string
	}{
		{"home_numbers", b.cfg.HomeNumbers, &o.Home},
		{"high_risk_prefixes", b.cfg.HighRiskPrefixes, &o.HighRisk},
		{"hotlist", b.cfg.Hotlist, &o.Hotlist},
		{"care_numbers", b.cfg.CareNumbers, &o.Care},
		{"voicemail_numbers", b.cfg.VoicemailNumbers, &o.Voicemail},
		{"service_numbers", b.cfg.ServiceNumbers, &o.Service},
	} {
		if *l.to, err = l.from.Read(); err != nil {
			return fmt.Errorf("%s: %w", l.key, err)
		}
	}
	if b.cfg.Areas != "" {
		if o.Areas, err = config.ReadPairs(b.cfg.Areas); err != nil {
			return fmt.Errorf("areas: %w", err)
		}
	}
	b.plan, err = numbering.New(o)
	return err
}

// localTime makes what tells working days and hours.
func (b *builder) localTime() (err error) {
	o := rhythm.Options{ByRecords: b.cfg.Clock == "record"}
	if o.Zone, err = time.LoadLocation(b.cfg.Timezone); err != nil {
		return fmt.Errorf("timezone: %w", err)
	}
	for _, name := range b.cfg.Weekdays {
		o.Weekdays = append(o.Weekdays, weekday(name))
	}
	if b.cfg.Holidays != "" {
		dates, err := config.ReadDates(b.cfg.Holidays)
		if err != nil {
			return fmt.Errorf("holidays: %w", err)
		}
		o.Holidays = map[window.Day]bool{}
		for _, d := range dates {
			o.Holidays[window.Day(d.Unix()/86400)] = true
		}
	}
	b.rhythm = o
	return nil
}

// weekday reads mon to sun.
func weekday(name string) time.Weekday {
	return time.Weekday(strings.Index("sunmontuewedthufrisat", name) / 3)
}

// source is how the records of the file called name are read.
func (b *builder) source(name string) (*decode.Source, error) {
	c := b.cfg.For(name)
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return nil, usagef("%s: timezone: %w", name, err)
	}
	numbers, err := b.plan.Normalizer(b.numberRules(c))
	if err != nil {
		return nil, usagef("%s: %w", name, err)
	}
	s := &decode.Source{
		Name: name, Zone: zone, Numbers: numbers,
		Attempts:   *c.Attempts,
		EventStart: c.EventTime == "start", Wholesale: c.Charge == "wholesale",
		HomePLMNs: b.cfg.HomePLMNs, DropCauses: b.drops,
		Latest: b.limit, Regions: b.regions, KeepIDs: b.keepIDs,
		Lateness: cdr.Millis(time.Duration(b.cfg.Lateness).Milliseconds()),
	}
	for _, leg := range c.Legs {
		s.Originating = s.Originating || leg == "originating"
		s.Terminating = s.Terminating || leg == "terminating"
	}
	return s, nil
}

func (b *builder) numberRules(c config.Source) numbering.Source {
	s := numbering.Source{
		Country: c.Country, InternationalPrefix: c.InternationalPrefix,
		ShortCodeDigits: b.cfg.ShortCodeDigits, NullNumbers: append([]string{}, b.cfg.NullNumbers...),
	}
	if s.ShortCodeDigits == 0 {
		s.ShortCodeDigits = -1 // none, not the default
	}
	return s
}

// decoder chooses how the file called name is read, and says why. head is its
// beginning.
func (b *builder) decoder(name string, head []byte) (decode.Decoder, string, error) {
	format := b.cfg.For(name).Format
	if format == autoFormat {
		d, why, err := decode.Choose(b.formats.all, head)
		if err != nil {
			return nil, "", usagef("%s: %w", name, err)
		}
		return d, why, nil
	}
	if d := b.formats.named(format); d != nil {
		return d, "configured", nil
	}
	return nil, "", usagef("%s: %s", name, unknownFormat(format, b.formats.names()))
}
