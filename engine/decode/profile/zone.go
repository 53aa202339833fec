package profile

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// zoneRule says what zone local times are of.
type zoneRule struct {
	kind   zoneKind
	offset int            // fixedZone: minutes east of UTC
	place  *time.Location // placeZone
	cell   int            // offsetZone, namedZone; -1: %Z of the layout
	unit   offsetUnit
	names  []zoneName
}

type zoneKind uint8

const (
	sourceZone zoneKind = iota // that of the source's configuration
	utcZone
	fixedZone
	placeZone  // of the profile
	offsetZone // a source tells the offset
	namedZone  // a source tells the name
)

type zoneName struct {
	name   string
	offset int
}

// offsetUnit is how a source tells an offset.
type offsetUnit int

const (
	offsetHHMM offsetUnit = iota // +hhmm, +hh:mm, Z
	offsetMinutes
	offsetMinutesWest
	offsetHours
	offsetSeconds
)

// zoneRule reads source, utc, +hh:mm, an IANA name, {offset: source, unit: word} or
// {name: source, map: {EST: "-05:00"}}.
func (r *reader) zoneRule(n ast.Node) (z zoneRule) {
	if !isMapping(n) {
		s, _ := r.text(n, "zone")
		return r.zoneNamed(n, s)
	}
	z.cell = -1
	r.mapping(n, "zone", entry{
		"offset": func(v ast.Node) { z.kind, z.cell = offsetZone, r.source(v) },
		"name":   func(v ast.Node) { z.kind, z.cell = namedZone, r.source(v) },
		"unit": func(v ast.Node) {
			z.unit = offsetUnit(r.choice(v, "unit", "hhmm", "minutes", "minutes_west", "hours", "seconds"))
		},
		"map": func(v ast.Node) {
			r.pairs(v, "map", func(k ast.MapKeyNode, v ast.Node) {
				s, _ := r.text(v, "map")
				minutes, size := offsetText([]byte(s))
				if size != len(s) {
					r.wrong(placeOf(v), "map %q: write an offset, such as \"-05:00\"", cut(s))
				}
				z.names = append(z.names, zoneName{keyText(k), minutes})
			})
		},
	})
	switch {
	case z.kind == offsetZone && len(z.names) > 0:
		r.wrong(placeOf(n), "zone has offset and map: leave one out")
	case z.kind != offsetZone && len(z.names) == 0:
		r.wrong(placeOf(n), "zone has neither offset nor map: write offset: followed by a source, or map: followed by {EST: \"-05:00\"}")
	case z.kind != offsetZone:
		z.kind = namedZone
	}
	return z
}

func (r *reader) zoneNamed(n ast.Node, s string) (z zoneRule) {
	switch s {
	case "source", "":
		return z
	case "utc":
		return zoneRule{kind: utcZone}
	}
	if minutes, size := offsetText([]byte(s)); size == len(s) {
		return zoneRule{kind: fixedZone, offset: minutes}
	}
	place, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		r.wrong(placeOf(n), "zone %q: write source, utc, an offset such as \"+02:00\", or an IANA name such as Europe/Berlin", cut(s))
		return z
	}
	return zoneRule{kind: placeZone, place: place}
}

const (
	noOffset = "is not a UTC offset"
	noZone   = "is not one that the profile knows"
)

// inZone says what is wrong with the zone of a time.
func inZone(name []byte, problem string) string {
	return "is in the zone " + decode.Quote(name) + ", which " + problem
}

// told is the offset that a record tells, in minutes east of UTC.
func (z *zoneRule) told(r *record, name []byte) (minutes int, problem string) {
	if z.cell >= 0 {
		name = r.of(r.plain(z.cell))
	}
	if z.kind == namedZone {
		for i := range z.names {
			if string(name) == z.names[i].name {
				return z.names[i].offset, ""
			}
		}
		return 0, inZone(name, noZone)
	}
	if z.unit == offsetHHMM {
		if len(name) == 1 && name[0]|0x20 == 'z' {
			return 0, ""
		}
		minutes, n := offsetText(name)
		if n != len(name) {
			return 0, inZone(name, noOffset)
		}
		return minutes, ""
	}
	v, problem := decode.Decimal(name, 3)
	switch z.unit {
	case offsetMinutesWest:
		v = -v
	case offsetHours:
		v = min(max(v, -1e6), 1e6) * 60
	case offsetSeconds:
		v /= 60
	}
	if minutes = int(v / 1000); problem != "" || minutes < -24*60 || minutes > 24*60 {
		return 0, inZone(name, noOffset)
	}
	return minutes, ""
}
